"""How the program can look: its language, light or dark, and the screen's scale."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from itertools import product
from typing import Final

from trayapp.core.i18n.language import Language, spoken
from trayapp.core.i18n.locales import LOCALES
from trayapp.services.files.catalogs import catalog


@dataclass(frozen=True, slots=True)
class Look:
    """How the program looks on one sheet."""

    code: str
    dark: bool = False
    scale: int = 1

    @property
    def name(self) -> str:
        """Say it in a file's name."""
        shade = "dark" if self.dark else "light"
        return f"{self.code}-{shade}-{self.scale}x"

    @property
    def language(self) -> Language:
        """Give the language."""
        return spoken(self.code, catalog(self.code))

    def says(self, sentence: str) -> str:
        """Give a sentence as the program says it, up to what is filled in."""
        said = self.language.gettext(sentence).replace("&", "")
        return said.partition("{")[0].rstrip(": \u00a0\u202f")


LOOKS: Final = tuple(
    Look(code, dark, scale)
    for scale, code, dark in product((1, 2), ("en", "es"), (False, True))
)


def look(name: str) -> Look:
    """Read a look's name."""
    found = re.fullmatch(r"(\w+)-(light|dark)-([12])x", name)
    if found is None or found[1] not in LOCALES:
        message = f"{name}: a look is such as es-dark-2x"
        raise argparse.ArgumentTypeError(message)
    return Look(found[1], found[2] == "dark", int(found[3]))
