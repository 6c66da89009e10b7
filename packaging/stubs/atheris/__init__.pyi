# What the fuzzer uses of atheris, which ships no types and is seldom installed.
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

def instrument_imports(
    include: Iterable[str] = ..., exclude: Iterable[str] = ...
) -> AbstractContextManager[None]: ...
def Setup(argv: Sequence[str], test: Callable[[bytes], None]) -> list[str]: ...  # noqa: N802
def Fuzz() -> None: ...  # noqa: N802
