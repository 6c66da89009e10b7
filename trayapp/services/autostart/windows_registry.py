"""The person's own part of the Windows registry, value by value."""

import sys

if sys.platform == "win32":
    import winreg

    class WindowsRegistry:
        """The values below `HKEY_CURRENT_USER`."""

        def read(self, key: str, name: str) -> str | bytes | None:
            """Give a text or bytes; None for nothing, or for anything else."""
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                    value, _ = winreg.QueryValueEx(opened, name)
            except FileNotFoundError:
                return None
            return value if isinstance(value, str | bytes) else None

        def write(self, key: str, name: str, value: str) -> None:
            """Set a text, and make the key if it is missing."""
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

        def remove(self, key: str, name: str) -> None:
            """Remove a value, if it is there."""
            access = winreg.KEY_SET_VALUE
            try:
                with winreg.OpenKey(
                    winreg.HKEY_CURRENT_USER, key, access=access
                ) as opened:
                    winreg.DeleteValue(opened, name)
            except FileNotFoundError:
                return
