"""Pseudo-localization: longer sentences, and right-to-left ones."""

import gettext
import re
from itertools import cycle

from i18n import translations
from trayapp.core.i18n.language import Language

GROWTH = 1.4
"""German and Catalan sentences may be this many times as long as English ones."""
_PART = re.compile(r"(\{\w*\}|&(?=\w))")
_ACCENTED = str.maketrans(
    "aceinouyACEINOUYdghklrstwzDGHKLRSTWZ", "åçéîñøûýÅÇÉÎÑØÛÝđĝĥķłŕšţŵžĐĜĤĶŁŔŠŢŴŽ"
)
_HEBREW = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "אבגדהוזחטיכלמנסעפצקרשתךםןף" * 2,
)
_VOWELS = re.compile(r"[aeiou]")


class PseudoTranslations(gettext.NullTranslations):
    """Changes the sentences of the template; other text stays unchanged."""

    def __init__(self, *, right_to_left: bool = False) -> None:
        super().__init__()
        self._letters = _HEBREW if right_to_left else _ACCENTED
        self._known = {
            words
            for message in translations.template()
            if message.id
            for words in translations.ids_of(message)
        }

    def gettext(self, message: str) -> str:
        """Make a sentence of the program 40 % longer."""
        return self._written(message) if message in self._known else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Choose the form for a number and make it longer."""
        return self.gettext(msgid1 if n == 1 else msgid2)

    def _written(self, message: str) -> str:
        parts = _PART.split(message)
        longer = [
            part if number % 2 else self._longer(part)
            for number, part in enumerate(parts)
        ]
        return "".join(longer)

    def _longer(self, part: str) -> str:
        """Double vowels, and if needed lengthen the end."""
        missing = round(len(part.strip()) * (GROWTH - 1))
        doubled = []
        for letter in part:
            doubled.append(letter)
            if missing > 0 and _VOWELS.match(letter):
                doubled.append(letter)
                missing -= 1
        words = "".join(doubled)
        if missing > 0 and words.strip():
            inner = words.rstrip(" .…:,;?")
            tail = "".join(
                letter for letter, _ in zip(cycle("on"), range(missing), strict=False)
            )
            words = inner + tail + words[len(inner) :]
        return words.translate(self._letters)


def pseudo_language(*, right_to_left: bool = False) -> Language:
    """Make a pseudo-localized language."""
    words = PseudoTranslations(right_to_left=right_to_left)
    return Language(code="xx", gettext=words.gettext, ngettext=words.ngettext)
