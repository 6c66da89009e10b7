"""The translated sentences, as they lie beside the program; and who wants which."""

import gettext
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from trayapp.core.i18n.locales import SOURCE

_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def catalog(code: str) -> gettext.NullTranslations:
    """Give the sentences of a language; English ones where there are none.

    A damaged file is no reason to have no window: then it is English, too.
    """
    if code == SOURCE:
        return gettext.NullTranslations()
    try:
        with (_folder() / f"{code}.mo").open("rb") as file:
            return gettext.GNUTranslations(file)
    except (OSError, ValueError, struct.error):
        return gettext.NullTranslations()


def wanted(environment: Mapping[str, str]) -> Iterator[str]:
    """Give the languages that a terminal is set to, the dearest first.

    As all programs with gettext do: the first variable that is set says the language,
    and `LANGUAGE` a list of them, which counts unless that language is `C`.
    """
    said = next((environment[one] for one in _VARIABLES if environment.get(one)), "")
    if said and said.partition(".")[0] not in {"C", "POSIX"}:
        yield from filter(None, environment.get("LANGUAGE", "").split(":"))
    if said:
        yield said


def _folder() -> Path:
    """Find the catalogs in the installed or bundled package, else in the checkout."""
    package = Path(__file__).resolve().parents[2]
    places = (one / "resources" / "locale" for one in (package, package.parent))
    return next((one for one in places if one.is_dir()), package)
