"""The command line: options in, the library called, text out, an exit status."""
