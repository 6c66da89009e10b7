"""The icon of a start looks like the tray icon that takes it over."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.program import PROGRAM
from trayapp.core.settings import IconStyle
from trayapp.core.view.gauge import Gauge
from trayapp.ui.icons.first_icon import SIZES, FirstIcon
from trayapp.ui.icons.icons import gauge_icon
from trayapp.ui.tray.tray import Tray


def picture(first: FirstIcon, size: int) -> QImage:
    """Return the icon's picture in one size."""
    return first.icon.icon().pixmap(QSize(size, size)).toImage()


@pytest.mark.parametrize("size", SIZES)
def test_its_picture_is_that_of_what_is_not_known_yet(qtbot: QtBot, size: int) -> None:
    """Otherwise run `packaging/build/waiting_icon.py`, which draws the file."""
    del qtbot
    wanted = gauge_icon(Gauge(Status.UNKNOWN), IconStyle.COLOUR, None)
    kind = QImage.Format.Format_ARGB32
    shown = picture(FirstIcon(), size).convertToFormat(kind)
    assert shown == wanted.pixmap(QSize(size, size)).toImage().convertToFormat(kind)


def test_it_has_a_menu_and_a_name_from_the_beginning(qtbot: QtBot) -> None:
    """Desktops check for a menu only once."""
    del qtbot
    first = FirstIcon()
    assert first.icon.isVisible()
    assert first.icon.contextMenu() is first.menu
    assert first.icon.toolTip() == PROGRAM


def test_the_tray_goes_on_with_it(qtbot: QtBot) -> None:
    """The tray uses the same icon, and fills its menu."""
    del qtbot
    first = FirstIcon()
    tray = Tray(ENGLISH, first=first)
    assert tray.icon_rect() == first.icon.geometry()
    assert "&Quit" in [one.text() for one in first.menu.actions()]
    tray.hide()
    assert not first.icon.isVisible()


def test_nothing_slow_is_imported_before_it() -> None:
    """Half of a start is importing modules and making the enums of Qt."""
    told = (
        "import sys\n"
        "import trayapp.app.start\n"
        "slow = {'asyncio', 'decimal', 'httpx', 'platformdirs',"
        " 'PySide6.QtNetwork', 'PySide6.QtSvg', 'ssl', 'subprocess'}\n"
        "import PySide6.QtCore\n"
        "ours = sorted(one for one in sys.modules if one.startswith('trayapp.'))\n"
        "print(*sorted(slow & set(sys.modules)), *ours)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", told], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == [
        "trayapp.app",
        "trayapp.app.boot",
        "trayapp.app.start",
        "trayapp.core",
        "trayapp.core.program",
        "trayapp.qt",
        "trayapp.qt.interpreter",
        "trayapp.qt.profile_lock",
        "trayapp.services",
        "trayapp.services.files",
        "trayapp.services.files.paths",
        "trayapp.ui",
        "trayapp.ui.icons",
        "trayapp.ui.icons.first_icon",
    ]
