from collections.abc import Iterator
from typing import Final

BEGIN: Final[bytes]

class Authenticator:
    def __iter__(self) -> Iterator[bytes]: ...
    def feed(self, data: bytes) -> None: ...
