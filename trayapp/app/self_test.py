"""Checks whether an installed program is complete, without screen, keys or network.

It checks what packaging gets wrong. A module, plugin, library or file that is missing
shows nowhere else until a person needs it.
"""

import importlib
import os
import pkgutil
import re
import sqlite3
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import truststore
from PySide6.QtCore import QLibraryInfo, QObject, QPluginLoader, Qt, qVersion
from PySide6.QtGui import QGuiApplication, QImage, QImageReader

import trayapp
from trayapp.core.balance import Balance, Reading
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import language_for
from trayapp.core.i18n.locales import LOCALES, SOURCE
from trayapp.qt.language import qt_translator
from trayapp.services.files.catalogs import catalog
from trayapp.services.history.changes import KeepReading
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.system_vault import system_vault
from trayapp.ui.icons.glyphs import status_image
from trayapp.ui.icons.icons import app_pixmap

_SCREENS: Final = {
    "win32": ("platforms/qwindows",),
    "darwin": ("platforms/libqcocoa",),
}
_SCREENS_OF_LINUX: Final = (
    "platforms/libqxcb",
    "platforms/libqwayland",
    "platforminputcontexts/libcomposeplatforminputcontextplugin",
    "platforminputcontexts/libibusplatforminputcontextplugin",
    "wayland-shell-integration/libxdg-shell",
    "xcbglintegrations/libqxcb-egl-integration",
)
_PICTURES: Final = ("imageformats/{}qsvg", "iconengines/{}qsvgicon")
_OF_LINUX: Final = {"fcntl", "jeepney", "secretstorage"}
"""What modules that Linux alone uses need; no other system has all of it."""
_ICON_SIZE: Final = 22
_ROOT: Final = re.compile(r"[0-9a-f]{8}\.\d+|.+\.(pem|crt)")


class Incomplete(Exception):  # noqa: N818  # a finding, named for what was found
    """Something is missing; the message says what."""


def main() -> int:
    """Look at everything and say what was found; 0 if nothing is missing."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([sys.argv[0]])
    print(f"Balance Tray {trayapp.__version__} in {Path(trayapp.__file__).parent}")
    good = report(PARTS)
    del application
    return 0 if good else 1


def report(parts: Sequence[tuple[str, Callable[[], str]]]) -> bool:
    """Look at each part, print a line about it, and say whether all are there."""
    good = True
    for name, look in parts:
        try:
            found = look()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
            good = False
            found = f"{type(error).__name__}: {error}"
            print(f"FAILED  {name}: {found}")
        else:
            print(f"ok      {name}: {found}")
    return good


def modules() -> str:
    """Import every module of the program, and what they import with them."""
    count = 0
    for module in pkgutil.walk_packages(trayapp.__path__, f"{trayapp.__name__}."):
        if not module.name.endswith(".__main__"):
            _import(module.name)
            count += 1
    if count == 0:
        message = "no modules found"
        raise Incomplete(message)
    return f"{count}, with Python {sys.version.split()[0]}"


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if sys.platform == "linux" or package not in _OF_LINUX:
            raise


def qt_plugins() -> str:
    """Load the plugins, and so all the shared libraries that they need."""
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    prefix = "" if sys.platform == "win32" else "lib"
    suffix = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    names = [
        *_SCREENS.get(sys.platform, _SCREENS_OF_LINUX),
        *(name.format(prefix) for name in _PICTURES),
    ]
    for name in names:
        loader = QPluginLoader(str(folder / f"{name}{suffix}"))
        if not loader.load():
            message = f"{name}: {loader.errorString()}"
            raise Incomplete(message)
    return f"{', '.join(Path(name).name for name in names)}, with Qt {qVersion()}"


def keyring() -> str:
    """Find the class for this system's keyring, and send the keyring no request."""
    vault = system_vault()
    return f"{type(vault).__module__}.{type(vault).__name__}"


def trust_store() -> str:
    """Find certificate authorities to check the gateway's certificate against."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
    if sys.platform in {"win32", "darwin"}:
        return f"the system's own, with {ssl.OPENSSL_VERSION}"
    inner = context._ctx  # noqa: SLF001  # the class has the method, and refuses it
    count = inner.cert_store_stats()["x509_ca"] or sum(1 for _ in _hashed_roots())
    if count == 0:
        message = "no certificate authorities (the package ca-certificates has them)"
        raise Incomplete(message)
    return f"{count} authorities, with {ssl.OPENSSL_VERSION}"


def _hashed_roots() -> Iterator[Path]:
    """Yield the files that OpenSSL reads one by one, when a certificate needs them."""
    folder = ssl.get_default_verify_paths().capath
    if folder is not None:
        yield from (
            path for path in Path(folder).iterdir() if _ROOT.fullmatch(path.name)
        )


def icons() -> str:
    """Draw the application's picture, and that of each status."""
    if not any(name == b"svg" for name in QImageReader.supportedImageFormats()):
        message = "Qt reads no SVG"
        raise Incomplete(message)
    pictures = {"the application": app_pixmap(_ICON_SIZE).toImage()}
    pictures |= {str(status): status_image(status, _ICON_SIZE) for status in Status}
    empty = QImage(_ICON_SIZE, _ICON_SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    empty.fill(Qt.GlobalColor.transparent)
    for name, picture in pictures.items():
        if picture.convertToFormat(empty.format()) == empty:
            message = f"no picture of {name}"
            raise Incomplete(message)
    return f"{len(pictures)} pictures"


def translations() -> str:
    """Find the sentences of the program, and Qt's own, in every language."""
    owner = QObject()
    for code in LOCALES.keys() - {SOURCE}:
        sentences = catalog(code)
        if not sentences.info():  # a catalog's head; none is none
            message = f"no sentences in {code}"
            raise Incomplete(message)
        if qt_translator(language_for(code, sentences), owner).isEmpty():
            message = f"no words of Qt in {code}"
            raise Incomplete(message)
    return ", ".join(LOCALES)


def database() -> str:
    """Write a balance to a history that is thrown away, and read it."""
    reading = Reading(Balance(Decimal("12.3400"), "EUR"), datetime.now(UTC))
    with (
        tempfile.TemporaryDirectory() as folder,
        HistoryStore(Path(folder) / "history.sqlite3") as history,
    ):
        history.write(KeepReading("self-test", reading))
        last = history.last("self-test")
    if last is None or last.balance != reading.balance:
        message = f"{reading.balance} came back as {last}"
        raise Incomplete(message)
    return f"SQLite {sqlite3.sqlite_version}"


PARTS: Final = (
    ("modules", modules),
    ("Qt plugins", qt_plugins),
    ("keyring", keyring),
    ("trust store", trust_store),
    ("icons", icons),
    ("translations", translations),
    ("database", database),
)
