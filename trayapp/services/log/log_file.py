"""The log file: rotated, readable only by its owner, and without keys."""

import logging
import logging.handlers
import sys
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Final

from trayapp.core.i18n.plain_text import shorten
from trayapp.core.secret import Secret
from trayapp.core.secret_forms import KeyIndex, SecretForms
from trayapp.services.files.paths import (
    make_private,
    private_folder,
    refuse_foreign_links,
)
from trayapp.services.files.regular_file import open_without_waiting

_MAX_BYTES: Final = 512 * 1024
_OLDER_FILES: Final = 2
_MAX_ENTRY: Final = 64 * 1024
_PACKAGE: Final = "trayapp"
_VERBOSE_LIBRARIES: Final = ("httpx", "httpcore", "asyncio", "keyring", "jeepney")
_ExcInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)


class Redactor(logging.Formatter):
    """Formats a record with its traceback, and then removes each known key."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._keys = KeyIndex()

    def add_key(self, key: Secret) -> None:
        """Remove this key and its parts, encoded or not, from all further entries."""
        self._keys.add(SecretForms(key.reveal()))

    def format(self, record: logging.LogRecord) -> str:
        """Format as usual, then redact, because an exception's text may quote a key.

        A long entry is cut, so that no file exceeds its size.
        """
        return shorten(self.redact(super().format(record)), _MAX_ENTRY)

    def redact(self, text: str) -> str:
        """Remove the keys from a text."""
        return self._keys.remove_from(text)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802  # logging's name
        """Redact here, too, as the record keeps this text for other handlers."""
        return self.redact(super().formatException(ei))


def _is_wanted(record: logging.LogRecord) -> bool:
    """Accept this program's records, and the warnings and errors of libraries.

    Below WARNING, libraries log whole requests and responses.
    """
    is_own = record.name.partition(".")[0] == _PACKAGE
    return is_own or record.levelno >= logging.WARNING


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating file that only its owner may read."""

    def _open(self) -> TextIOWrapper:
        name = self.baseFilename
        return open(name, "a", encoding=self.encoding, opener=open_without_waiting)


def start_log(path: Path | None, *, verbose: bool) -> Redactor:
    """Log to `path`, and with `verbose` to standard error, too; return the redactor.

    Libraries log from WARNING on, however low a level is set. If the folder can't be
    written, there is no log file and the log goes to standard error.
    """
    redactor = Redactor()
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in _VERBOSE_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a full disk must not print to stderr
    logging.captureWarnings(capture=True)  # Python would print them unredacted
    handlers: list[logging.Handler] = []
    if path is not None:
        try:
            private_folder(path.parent)
            refuse_foreign_links(path)
            make_private(*path.parent.glob(f"{path.name}*"))  # the older ones, too
            handlers.append(
                _PrivateFile(
                    path,
                    maxBytes=_MAX_BYTES,
                    backupCount=_OLDER_FILES,
                    encoding="utf-8",
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
