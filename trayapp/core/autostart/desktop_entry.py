"""The lines of a desktop entry: read, changed one by one, and else kept as they are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

GROUP: Final = "[Desktop Entry]"
_ESCAPED: Final = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_MEANT: Final = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_PLAIN: Final = "_@%+=:,./-"
"""What stands in a command unquoted, besides letters and digits."""
_QUOTED: Final = re.compile(r'(["`$\\])')
_WORD: Final = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_FIELD: Final = re.compile(r"%(.)")


@dataclass(frozen=True, slots=True)
class DesktopEntry:
    """A desktop entry's own group; other groups and comments are carried along."""

    lines: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take any text; where the group is missing, nothing is found."""
        return cls(tuple(text.removesuffix("\n").split("\n")))

    @classmethod
    def of(cls, values: Iterable[tuple[str, str]]) -> Self:
        """Make an entry of these values."""
        return cls((GROUP, *(f"{key}={escaped(value)}" for key, value in values)))

    @property
    def is_sound(self) -> bool:
        """Whether each desktop would read it: many refuse all of it for one line."""
        filled = [one.strip() for one in self.lines if one.strip()]
        said = [one for one in filled if not one.startswith("#")]
        return said[:1] == [GROUP] and all(
            one.startswith("[") if "=" not in one else one[0] != "=" for one in said
        )

    @property
    def text(self) -> str:
        """Give the file's text."""
        return "\n".join(self.lines) + "\n"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its group; other groups are one key each, by their names."""
        others = (one.strip() for one in self.lines if one.startswith("["))
        return (
            *(key for line in self._group() if (key := _key(self.lines[line]))),
            *(one for one in others if one != GROUP),
        )

    def get(self, key: str) -> str | None:
        """Give a value as it is meant; the last one, as desktops take it."""
        found = None
        for line in self._group():
            if _key(self.lines[line]) == key:
                found = _meant(self.lines[line].partition("=")[2].strip())
        return found

    def with_value(self, key: str, value: str | None) -> Self:
        """Give the same with another value for a key; None leaves the key out."""
        group = self._group()
        places = [line for line in group if _key(self.lines[line]) == key]
        lines = list(self.lines)
        if value is not None:
            line = f"{key}={escaped(value)}"
            if places:
                lines[places.pop()] = line
            else:
                filled = (one for one in group if lines[one].strip())
                lines.insert(max(filled, default=group.start - 1) + 1, line)
        for place in reversed(places):
            del lines[place]
        return type(self)(tuple(lines))

    def _group(self) -> range:
        """Give where the group's lines are."""
        stripped = [line.strip() for line in self.lines]
        if GROUP not in stripped:
            return range(len(stripped), len(stripped))
        begin = stripped.index(GROUP) + 1
        later = (at for at in range(begin, len(stripped)) if stripped[at][:1] == "[")
        return range(begin, next(later, len(stripped)))


def escaped(value: str) -> str:
    """Write a string as the value of a key."""
    written = "".join(_ESCAPED.get(one, one) for one in value)
    return f"\\s{written[1:]}" if written.startswith(" ") else written


def command_line(words: Sequence[str]) -> str:
    r"""Write a command for `Exec`: quoted as desktops read it, no `%` a field.

    As a value of `DesktopEntry`, which writes each backslash of it as two.
    """
    return " ".join(_quoted(word) for word in words)


def command_words(line: str) -> tuple[str, ...]:
    """Read the words of an `Exec`; none where it is not written as it has to be."""
    words: list[str] = []
    at = 0
    while line[at:].strip():
        found = _WORD.match(line, at)
        if found is None:
            return ()
        at = found.end()
        quoted, plain = found.groups()
        word = plain if quoted is None else _ESCAPE.sub(r"\1", quoted)
        meant = _FIELD.sub(lambda one: "%" if one[1] == "%" else "", word)
        if meant or not word:
            words.append(meant)
    return tuple(words)


def _quoted(word: str) -> str:
    doubled = word.replace("%", "%%")
    if word and all(one.isalnum() or one in _PLAIN for one in word):
        return doubled
    return '"' + _QUOTED.sub(r"\\\1", doubled) + '"'


def _key(line: str) -> str:
    key, found, _ = line.partition("=")
    return "" if not found or line.lstrip().startswith("#") else key.strip()


def _meant(value: str) -> str:
    return _ESCAPE.sub(lambda one: _MEANT.get(one[1], one[0]), value)
