"""What macOS is told of the program: the contents of its `Info.plist`."""

from __future__ import annotations

import re
from typing import Final

APPLICATION: Final = "Balance Tray.app"
IDENTIFIER: Final = "balance-tray.balance-tray"
"""No domain is ours to turn round. It never changes: the keychain goes by it."""
OLDEST_MACOS: Final = "13.0"
"""The oldest one for which PySide6 6.11 makes wheels."""
LANGUAGES: Final = ("en", "es", "ca", "pt", "fr", "de", "it")


def info_plist(version: str) -> dict[str, object]:
    """Give what PyInstaller does not fill in itself."""
    released = re.match(r"\d+(?:\.\d+){0,2}", version)
    if released is None:
        message = f"{version!r} is no version"
        raise ValueError(message)
    return {
        "CFBundleDisplayName": APPLICATION.removesuffix(".app"),
        "CFBundleName": APPLICATION.removesuffix(".app"),
        "CFBundleDevelopmentRegion": "en",
        # Without them, macOS' own parts of the windows speak English alone.
        "CFBundleLocalizations": list(LANGUAGES),
        "CFBundleShortVersionString": version,
        "CFBundleVersion": released[0],  # macOS takes nothing but numbers
        "LSApplicationCategoryType": "public.app-category.business",
        "LSMinimumSystemVersion": OLDEST_MACOS,
        "LSUIElement": True,  # it lives in the menu bar, not in the Dock
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "Balance Tray contributors, MIT licence",
        "NSSupportsAutomaticGraphicsSwitching": True,
    }
