"""Says on a terminal what a command waits for."""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Final

from trayapp.core.i18n.language import Language, mark

KEYRING: Final = mark(
    "Waiting for the keyring; it may ask for its password on the screen of this "
    "computer…"
)
GATEWAY: Final = mark("Waiting for the gateway…")
HISTORY: Final = mark("Waiting for the history, which another program uses…")
PROGRAM: Final = mark("Waiting for the Balance Tray that is running…")
INPUT: Final = mark("Waiting for the API key on standard input…")
_SILENT_S: Final = 1.5
"""Seconds without a word; most waits end within them."""
_LOOK_S: Final = 0.5


@contextlib.contextmanager
def announced_wait(
    language: Language, purpose: Callable[[], str] | str
) -> Iterator[None]:
    """Print what the block waits for if it takes long and standard error is a terminal.

    `purpose` is one of the sentences above. As a function it is called twice a second,
    on a thread of its own, and each new sentence is printed once.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    ended = threading.Event()

    def announce() -> None:
        announced: set[str] = set()
        pause = _SILENT_S
        while not ended.wait(pause):
            sentence = purpose if isinstance(purpose, str) else purpose()
            if sentence not in announced:
                announced.add(sentence)
                print(language.gettext(sentence), file=sys.stderr, flush=True)
            pause = _LOOK_S

    thread = threading.Thread(target=announce, name="waiting", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
