"""The log file: rotated, for its owner alone, and without any key."""

import contextlib
import logging
import logging.handlers
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Final

from trayapp.core.i18n.plain_text import shorten
from trayapp.core.secret import Secret
from trayapp.core.secret_forms import SecretForms, remove_keys
from trayapp.services.files.paths import private_folder

_SIZE: Final = 512 * 1024
_OLDER_FILES: Final = 2
_LONGEST_ENTRY: Final = 64 * 1024
_OURS: Final = "trayapp"
_TALKATIVE: Final = ("httpx", "httpcore", "asyncio", "keyring", "jeepney")
_ExcInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)


class Redactor(logging.Formatter):
    """Formats a record, its traceback too, and then takes out every key it knows."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        # Replaced, never changed: other threads may be going through it.
        self._keys: tuple[SecretForms, ...] = ()

    def add_key(self, key: Secret) -> None:
        """Take this key out of all that is logged from now on, encoded or not."""
        text = key.reveal()
        if all(text != known.text for known in self._keys):
            # The longest first: one that is part of another leaves nothing of either.
            keys = (*self._keys, SecretForms(text))
            self._keys = tuple(sorted(keys, key=lambda one: -len(one.text)))

    def format(self, record: logging.LogRecord) -> str:
        """Format as usual, then redact: an exception's text may quote anything.

        An entry of any length ends somewhere: no file grows beyond its size.
        """
        return shorten(self.redact(super().format(record)), _LONGEST_ENTRY)

    def redact(self, text: str) -> str:
        """Take the keys out of a text that goes elsewhere than into the log."""
        return remove_keys(text, self._keys)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802  # logging's name
        """Redact here too: logging keeps this text with the record, for others."""
        return self.redact(super().formatException(ei))


def _is_wanted(record: logging.LogRecord) -> bool:
    """Let only this program say what is no warning, whatever levels are set.

    Below that, libraries print whole requests and replies.
    """
    ours = record.name.partition(".")[0] == _OURS
    return ours or record.levelno >= logging.WARNING


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating file that only its owner may read."""

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            file = os.open(path, flags, 0o600)
            with contextlib.suppress(OSError, AttributeError):  # not on Windows
                os.fchmod(file, 0o600)  # it may be there with other permissions
            return file

        return open(self.baseFilename, "a", encoding=self.encoding, opener=private)


def start_log(path: Path | None, *, verbose: bool) -> Redactor:
    """Log to `path`, and with `verbose` to standard error too; give the redactor.

    Libraries are heard from WARNING on, however low a level is set. A folder that
    can't be written means no log file.
    """
    redactor = Redactor()
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a full disk is no reason to print to stderr
    logging.captureWarnings(capture=True)  # Python would print them as they are
    handlers: list[logging.Handler] = []
    if path is not None:
        try:
            private_folder(path.parent)
            handlers.append(
                _PrivateFile(
                    path, maxBytes=_SIZE, backupCount=_OLDER_FILES, encoding="utf-8"
                )
            )
        except OSError:
            verbose = True
    if verbose and sys.stderr is not None:
        handlers.append(logging.StreamHandler())
    for handler in handlers or [logging.NullHandler()]:
        handler.setFormatter(redactor)
        handler.addFilter(_is_wanted)
        root.addHandler(handler)
    return redactor
