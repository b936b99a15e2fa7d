"""`python -m doorward` is the `doorward` command."""

from doorward.doors.cli import main

if __name__ == "__main__":
    main()
