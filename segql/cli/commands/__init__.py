"""The commands, one a file; `segql.cli.app` lists them and loads the one that is called."""
