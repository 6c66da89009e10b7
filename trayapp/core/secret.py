"""An API key that can't be printed, formatted, pickled or compared by accident."""

import hashlib
import hmac
import re
from typing import Final, NoReturn

from trayapp.core.errors import KeyUnusable
from trayapp.core.secret_forms import FoldedText, SecretForms, remove_keys

_SHAPE: Final = re.compile(r"[\x21-\x7e]{8,256}", re.ASCII)
_MASK: Final = "••••••••"


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
        text = typed.strip()
        if not _SHAPE.fullmatch(text):
            raise KeyUnusable
        return cls(text)

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
