"""The log file: rotated, for its owner alone, and without any key."""

import base64
import json
import logging
import logging.handlers
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Final
from urllib.parse import quote

from trayapp.core.secret import Secret
from trayapp.services.places import private_folder

_SIZE: Final = 512 * 1024
_OLDER_FILES: Final = 2
_MASK: Final = "[key]"
_TALKATIVE: Final = ("httpx", "httpcore", "asyncio", "keyring", "jeepney")


class Redactor(logging.Formatter):
    """Formats a record, its traceback too, and then takes out every key it knows."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._forms: set[str] = set()

    def know(self, key: Secret) -> None:
        """Take this key out of all that is logged from now on, encoded or not."""
        text = key.reveal()
        raw = text.encode()
        self._forms |= {
            text,
            quote(text),
            quote(text, safe=""),
            json.dumps(text)[1:-1],
            repr(text)[1:-1],
            base64.b64encode(raw).decode().rstrip("="),
            base64.urlsafe_b64encode(raw).decode().rstrip("="),
        }

    def format(self, record: logging.LogRecord) -> str:
        """Format as usual, then redact: an exception's text may quote anything."""
        text = super().format(record)
        for form in sorted(self._forms, key=len, reverse=True):
            text = text.replace(form, _MASK)
        return text


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating file that only its owner may read."""

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, "a", encoding=self.encoding, opener=private)


def start_log(path: Path | None, *, verbose: bool) -> Redactor:
    """Log to `path`, and with `verbose` to standard error too; give the redactor.

    The loggers of the network and keyring libraries stay at WARNING always: below,
    they print whole requests. A folder that can't be written means no log file.
    """
    redactor = Redactor()
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a full disk is no reason to print to stderr
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
        root.addHandler(handler)
    return redactor
