"""`python -m segql` is the command."""

from segql.cli.app import main

if __name__ == "__main__":
    main()
