"""The version that Windows shows of the programs, as PyInstaller reads it."""

from __future__ import annotations

import re
from typing import Final

COMPANY: Final = "Balance Tray contributors"
PRODUCT: Final = "Balance Tray"
LICENCE: Final = "MIT licence"
_ENGLISH_UNICODE: Final = (0x0409, 1200)  # language and code page: US English, UTF-16


def numbers(version: str) -> tuple[int, int, int, int]:
    """Return a version as the four numbers that Windows compares.

    A suffix such as rc1 is left out.
    """
    released = re.match(r"\d+(?:\.\d+){0,3}", version)
    if released is None:
        message = f"{version!r} is no version"
        raise ValueError(message)
    parts = [*map(int, released[0].split(".")), 0, 0, 0]
    return parts[0], parts[1], parts[2], parts[3]


def version_info(version: str, description: str, file_name: str) -> str:
    """Return PyInstaller's text for the VERSIONINFO resource."""
    strings = {
        "CompanyName": COMPANY,
        "FileDescription": description,  # what the task manager calls it
        "FileVersion": version,
        "InternalName": file_name.removesuffix(".exe"),
        "LegalCopyright": f"{COMPANY}, {LICENCE}",
        "OriginalFilename": file_name,
        "ProductName": PRODUCT,
        "ProductVersion": version,
    }
    language, code_page = _ENGLISH_UNICODE
    table = ",\n          ".join(
        f"StringStruct({name!r}, {value!r})" for name, value in strings.items()
    )
    return f"""\
VSVersionInfo(
  ffi=FixedFileInfo(
    filevers={numbers(version)},
    prodvers={numbers(version)},
    mask=0x3F,
    flags=0x0,
    OS=0x40004,
    fileType=0x1,
    subtype=0x0,
    date=(0, 0)
  ),
  kids=[
    StringFileInfo([
      StringTable(
        '{language:04X}{code_page:04X}',
        [
          {table}
        ]
      )
    ]),
    VarFileInfo([VarStruct('Translation', [{language}, {code_page}])])
  ]
)
"""
