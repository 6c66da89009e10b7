"""The contents of the application's `Info.plist` for macOS."""

from __future__ import annotations

import re
from typing import Final

APPLICATION: Final = "Balance Tray.app"
IDENTIFIER: Final = "balance-tray.balance-tray"
"""The project has no domain. This never changes: keychain items depend on it."""
OLDEST_MACOS: Final = "13.0"
"""The oldest release with wheels of PySide6 6.11."""
LANGUAGES: Final = ("en", "es", "ca", "pt", "fr", "de", "it")


def info_plist(version: str) -> dict[str, object]:
    """Return the keys that PyInstaller does not set itself."""
    released = re.match(r"\d+(?:\.\d+){0,2}", version)
    if released is None:
        message = f"{version!r} is no version"
        raise ValueError(message)
    return {
        "CFBundleDisplayName": APPLICATION.removesuffix(".app"),
        "CFBundleName": APPLICATION.removesuffix(".app"),
        "CFBundleDevelopmentRegion": "en",
        # Without them, macOS' own dialogs are in English.
        "CFBundleLocalizations": list(LANGUAGES),
        "CFBundleShortVersionString": version,
        "CFBundleVersion": released[0],  # macOS takes numbers only
        "LSApplicationCategoryType": "public.app-category.business",
        "LSMinimumSystemVersion": OLDEST_MACOS,
        "LSUIElement": True,  # it lives in the menu bar, not in the Dock
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "Balance Tray contributors, MIT licence",
        "NSSupportsAutomaticGraphicsSwitching": True,
    }
