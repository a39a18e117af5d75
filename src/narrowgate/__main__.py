"""`python -m narrowgate`: the same as the `narrowgate` command."""

from narrowgate.cli.main import main

if __name__ == "__main__":
    main()
