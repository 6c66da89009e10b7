"""The entry point of the built program."""

from trayapp.__main__ import main

if __name__ == "__main__":
    main()
