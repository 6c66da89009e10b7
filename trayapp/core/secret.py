"""An API key that can't be printed, formatted, pickled or compared by accident."""

import codecs
import hashlib
import hmac
import re
from typing import Final, NoReturn

from trayapp.core.errors import KeyUnusable
from trayapp.core.secret_forms import FoldedText, SecretForms, remove_keys

_SHAPE: Final = re.compile(r"[\x21-\x7e]{8,256}", re.ASCII)
_INVISIBLE: Final = " \t\r\n\u200b\u2060\ufeff\0"
"""What copying and other programs leave around a key, besides blanks."""
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MASK: Final = "••••••••"


def _encoding_of(line: bytes) -> str:
    """Return the encoding of plain ASCII without a byte order mark."""
    if line[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if line[:1] == b"\0" else "utf-8"


class Secret:
    """A key that only `reveal()` shows.

    Any other conversion to text gives the mask. Pickling, copying and `==` raise
    `TypeError`. `same_as` compares two keys in constant time.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def parse(cls, typed: str) -> "Secret":
        """Parse a key that a person typed or pasted; surrounding blanks are removed.

        Raises `KeyUnusable` for anything but 8 to 256 printable ASCII characters.
        The Windows credential store sets the upper limit. The error never repeats the
        typed text.
        """
        text = typed.strip(_INVISIBLE).strip().strip(_INVISIBLE)
        if not _SHAPE.fullmatch(text):
            raise KeyUnusable
        return cls(text)

    @classmethod
    def parse_bytes(cls, line: bytes) -> "Secret":
        """Parse the first line of a file, as other programs write it.

        PowerShell writes UTF-16, or a byte order mark. A line that was read up to its
        line end lacks the last byte in UTF-16. Raises `KeyUnusable` as `parse` does.
        """
        marks = (pair for pair in _MARKS if line.startswith(pair[0]))
        byte_order, encoding = next(marks, (b"", _encoding_of(line)))
        line = line.removeprefix(byte_order)
        if encoding == "utf-16-le" and len(line) % 2:
            line += b"\0"  # the second byte of the line end
        return cls.parse(line.decode(encoding, errors="replace"))

    def reveal(self) -> str:
        """Give the key itself, for the request's body and the keyring only."""
        return self._text

    def is_in(self, text: str) -> bool:
        """Whether a text contains this key, encoded or not."""
        return SecretForms(self._text).is_in(FoldedText(text))

    def removed_from(self, text: str) -> str:
        """Give the text without this key, encoded or not."""
        return remove_keys(text, [SecretForms(self._text)])

    def same_as(self, other: "Secret") -> bool:
        """Whether both hold the same key."""
        return hmac.compare_digest(self._text.encode(), other.reveal().encode())

    def mark(self, salt: str) -> str:
        """Give a short mark by which a changed key is noticed later.

        It has 24 bits of a hash: far too few to find the key, or to confirm a guess.
        """
        text = f"{salt}\n{self._text}".encode()
        return hashlib.blake2b(text, digest_size=3).hexdigest()

    def __repr__(self) -> str:
        return f"Secret({_MASK})"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, format_spec: str) -> str:
        return _MASK

    def __eq__(self, other: object) -> bool:
        message = "keys are compared with same_as()"
        raise TypeError(message)

    __hash__ = None  # type: ignore[assignment]  # no key in a set or as a dict's key

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = "a key is not pickled or copied"
        raise TypeError(message)

    def __getstate__(self) -> NoReturn:
        self.__reduce_ex__(None)
