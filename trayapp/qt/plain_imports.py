"""Takes PySide's hand off Python's imports.

From its first module on, PySide reads the source of all that is imported: whether it
mentions PySide6, and might want the switches of `__feature__` (PYSIDE-2029). Of the
hundreds of modules behind an HTTP client and a keyring that is 12 MB of lines, which
`linecache` keeps. This program uses no such switch.
"""

import builtins


def import_plainly() -> None:
    """Give Python's own import back its place; call it after the first of PySide."""
    own = getattr(builtins, "__orig_import__", None)
    if own is not None:
        builtins.__import__ = own
