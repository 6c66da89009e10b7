"""Message catalogs (translated sentences), and a terminal's preferred languages."""

import gettext
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from trayapp.core.i18n.locales import SOURCE

_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def catalog(code: str) -> gettext.NullTranslations:
    """Load the message catalog of a language.

    A missing or damaged file means English, so that the window can still open.
    """
    if code == SOURCE:
        return gettext.NullTranslations()
    try:
        with (_folder() / f"{code}.mo").open("rb") as file:
            return gettext.GNUTranslations(file)
    except (OSError, ValueError, struct.error):
        return gettext.NullTranslations()


def preferred_languages(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the languages that a terminal is set to, the preferred one first.

    These are gettext's rules: the first variable that is set names the locale.
    `LANGUAGE` lists languages that come before it, unless the locale is `C`.
    """
    set_values = (environment[name] for name in _VARIABLES if environment.get(name))
    locale = next(set_values, "")
    if locale and locale.partition(".")[0] not in {"C", "POSIX"}:
        yield from filter(None, environment.get("LANGUAGE", "").split(":"))
    if locale:
        yield locale


def _folder() -> Path:
    """Find the catalogs in the installed or bundled package, else in the checkout."""
    package = Path(__file__).resolve().parents[2]
    folders = (root / "resources" / "locale" for root in (package, package.parent))
    return next((folder for folder in folders if folder.is_dir()), package)
