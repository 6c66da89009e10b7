"""The lines of a desktop entry: values are read and changed, other lines are kept."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

GROUP: Final = "[Desktop Entry]"
_ESCAPED: Final = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_UNESCAPED: Final = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_PLAIN: Final = "_@%+=:,./-"
"""The characters besides letters and digits that a command needs no quotes for."""
_QUOTED: Final = re.compile(r'(["`$\\])')
_WORD: Final = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_FIELD: Final = re.compile(r"%(.)")


@dataclass(frozen=True, slots=True)
class DesktopEntry:
    """The main group of a desktop entry; other groups and comments are kept."""

    lines: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse any text; without the main group, the entry has no values."""
        return cls(tuple(text.removesuffix("\n").split("\n")))

    @classmethod
    def of(cls, values: Iterable[tuple[str, str]]) -> Self:
        """Make an entry from keys and values."""
        return cls((GROUP, *(f"{key}={escaped(value)}" for key, value in values)))

    @property
    def is_sound(self) -> bool:
        """Whether every desktop reads it; many reject a file for one bad line."""
        filled = [line.strip() for line in self.lines if line.strip()]
        content = [line for line in filled if not line.startswith("#")]
        return content[:1] == [GROUP] and all(
            line.startswith("[") if "=" not in line else line[0] != "="
            for line in content
        )

    @property
    def text(self) -> str:
        """The file's text."""
        return "\n".join(self.lines) + "\n"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the main group, and the header of each other group."""
        headers = (line.strip() for line in self.lines if line.startswith("["))
        return (
            *(key for index in self._group() if (key := _key(self.lines[index]))),
            *(header for header in headers if header != GROUP),
        )

    def get(self, key: str) -> str | None:
        """Give a value without its escapes; of several the last, as desktops do."""
        value = None
        for index in self._group():
            if _key(self.lines[index]) == key:
                value = _unescaped(self.lines[index].partition("=")[2].strip())
        return value

    def with_value(self, key: str, value: str | None) -> Self:
        """Give the entry with another value for a key; None removes the key."""
        group = self._group()
        indexes = [index for index in group if _key(self.lines[index]) == key]
        lines = list(self.lines)
        if value is not None:
            line = f"{key}={escaped(value)}"
            if indexes:
                lines[indexes.pop()] = line
            else:
                filled = (index for index in group if lines[index].strip())
                lines.insert(max(filled, default=group.start - 1) + 1, line)
        for index in reversed(indexes):
            del lines[index]
        return type(self)(tuple(lines))

    def _group(self) -> range:
        """Give the indexes of the main group's lines."""
        stripped = [line.strip() for line in self.lines]
        if GROUP not in stripped:
            return range(len(stripped), len(stripped))
        begin = stripped.index(GROUP) + 1
        later = (n for n in range(begin, len(stripped)) if stripped[n][:1] == "[")
        return range(begin, next(later, len(stripped)))


def escaped(value: str) -> str:
    """Escape a string as the value of a key."""
    written = "".join(_ESCAPED.get(character, character) for character in value)
    return f"\\s{written[1:]}" if written.startswith(" ") else written


def command_line(words: Sequence[str]) -> str:
    r"""Write a command for `Exec`, quoted, with each `%` escaped.

    It is a value for `DesktopEntry`, which doubles its backslashes.
    """
    return " ".join(_quoted(word) for word in words)


def command_words(line: str) -> tuple[str, ...]:
    """Parse the words of an `Exec`; empty if it is malformed."""
    words: list[str] = []
    at = 0
    while line[at:].strip():
        match = _WORD.match(line, at)
        if match is None:
            return ()
        at = match.end()
        quoted, plain = match.groups()
        word = plain if quoted is None else _ESCAPE.sub(r"\1", quoted)
        without_fields = _FIELD.sub(lambda field: "%" if field[1] == "%" else "", word)
        if without_fields or not word:
            words.append(without_fields)
    return tuple(words)


def _quoted(word: str) -> str:
    doubled = word.replace("%", "%%")
    if word and all(letter.isalnum() or letter in _PLAIN for letter in word):
        return doubled
    return '"' + _QUOTED.sub(r"\\\1", doubled) + '"'


def _key(line: str) -> str:
    key, equals, _ = line.partition("=")
    return "" if not equals or line.lstrip().startswith("#") else key.strip()


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda match: _UNESCAPED.get(match[1], match[0]), value)
