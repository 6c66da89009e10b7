"""Where the built program starts: as `balance-tray` and `python -m trayapp` do."""

from trayapp.__main__ import main

if __name__ == "__main__":
    main()
