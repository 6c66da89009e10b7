"""The tray shows a view, and emits what a person asks for."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from trayapp.core.alerts.notification import Notification, Urgency
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.i18n.plain_text import utf16_length
from trayapp.core.settings import IconStyle
from trayapp.core.view.gauge import Gauge
from trayapp.core.view.tray import TrayView
from trayapp.ui.icons.taskbar import DARK_INK, LIGHT_INK
from trayapp.ui.intents import (
    Intent,
    OpenAbout,
    OpenSettings,
    OpenTopUpPage,
    OpenWindow,
    Quit,
    RefreshBalances,
    SnoozeNotifications,
)
from trayapp.ui.tray.tray import LINES, Tray
from widgets.signals import collected

# Said by Qt's tray icon where there is no screen.
pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged")

VIEW = TrayView(
    gauge=Gauge(Status.LOW, 0.25, "7.5"),
    tooltip="Main: €7.50, Low, as of 12:00",
    lines=("Main: €7.50, Low, as of 12:00",),
    top_ups=(("m", "Main"),),
)
SEVERAL = replace(VIEW, top_ups=(("m", "Main"), ("s", "R&D")))
HOSTILE = '<img src=x> & "\u202ecod.exe'


@pytest.fixture
def tray(qtbot: QtBot) -> Iterator[Tray]:
    """Return a shown tray, and hide it afterwards."""
    del qtbot
    one = Tray(ENGLISH, platform="linux")
    one.show()
    yield one
    one.hide()


def icon(tray: Tray) -> QSystemTrayIcon:
    """Return the tray's current icon."""
    return tray.findChildren(QSystemTrayIcon)[-1]


def drawn(tray: Tray) -> QImage:
    """Return the picture of the icon."""
    return icon(tray).icon().pixmap(22, 22).toImage()


def menu(tray: Tray) -> QMenu:
    """Return the icon's menu."""
    return icon(tray).contextMenu()


def entries(tray: Tray) -> dict[str, QAction]:
    """Return the visible entries of the menu, by their texts."""
    return {
        action.text(): action
        for action in menu(tray).actions()
        if action.isVisible() and not action.isSeparator()
    }


def test_the_menu_begins_with_the_amounts(tray: Tray) -> None:
    """The first line shows the balance where there is no tooltip."""
    tray.render(VIEW)
    assert list(entries(tray)) == [
        "Main: €7.50, Low, as of 12:00",
        "&Open",
        "&Refresh",
        "&Top up…",
        "S&nooze",
        "&Settings…",
        "&About",
        "&Quit",
    ]
    assert icon(tray).toolTip() == VIEW.tooltip


@pytest.mark.parametrize(
    ("entry", "intent"),
    [
        (VIEW.lines[0], OpenWindow(at_icon=True)),
        ("&Open", OpenWindow(at_icon=True)),
        ("&Refresh", RefreshBalances()),
        ("&Settings…", OpenSettings()),
        ("&About", OpenAbout()),
        ("&Quit", Quit()),
    ],
)
def test_each_entry_says_what_is_asked_for(
    tray: Tray, entry: str, intent: Intent
) -> None:
    """An entry only emits its intent."""
    tray.render(VIEW)
    intents = collected(tray.intent, object)
    entries(tray)[entry].trigger()
    assert intents == [intent]


def test_many_accounts_are_counted(tray: Tray) -> None:
    """The menu stays short, and counts the accounts that it omits."""
    lines = tuple(f"Account {number}" for number in range(12))
    tray.render(replace(VIEW, lines=lines))
    assert list(entries(tray))[:6] == [*lines[:LINES], "and 7 more accounts"]
    tray.render(VIEW)
    assert list(entries(tray))[:2] == [VIEW.lines[0], "&Open"]


def test_one_account_is_topped_up_directly(tray: Tray) -> None:
    """There is no submenu for one account."""
    tray.render(VIEW)
    intents = collected(tray.intent, object)
    entries(tray)["&Top up…"].trigger()
    assert intents == [OpenTopUpPage("m")]


def test_several_accounts_are_topped_up_from_a_submenu(tray: Tray) -> None:
    """It lists all accounts, after a change of their order too."""
    tray.render(SEVERAL)
    tray.render(replace(SEVERAL, top_ups=SEVERAL.top_ups[::-1]))
    submenu = entries(tray)["&Top up"].menu()
    assert isinstance(submenu, QMenu)
    assert [action.text() for action in submenu.actions()] == ["R&&D", "Main"]
    intents = collected(tray.intent, object)
    for action in submenu.actions():
        action.trigger()
    assert intents == [OpenTopUpPage("s"), OpenTopUpPage("m")]


def test_notifications_are_snoozed_from_a_submenu(tray: Tray) -> None:
    """Each entry emits its choice."""
    submenu = entries(tray)["S&nooze"].menu()
    assert isinstance(submenu, QMenu)
    intents = collected(tray.intent, object)
    for action in submenu.actions():
        action.trigger()
    assert intents == [
        SnoozeNotifications(SnoozeChoice.HOUR),
        SnoozeNotifications(SnoozeChoice.EIGHT_HOURS),
        SnoozeNotifications(SnoozeChoice.TOMORROW),
        SnoozeNotifications(SnoozeChoice.MONDAY),
    ]


def test_a_snooze_is_said_and_ended_in_the_menu(tray: Tray) -> None:
    """The balance stays first; both entries disappear after the snooze."""
    tray.render(replace(VIEW, snoozed="Snoozed until 14:30"))
    assert list(entries(tray))[:2] == [VIEW.lines[0], "Snoozed until 14:30"]
    intents = collected(tray.intent, object)
    entries(tray)["Turn notifications on a&gain"].trigger()
    assert intents == [SnoozeNotifications(SnoozeChoice.OFF)]
    tray.render(VIEW)
    assert not any("nooze" in text for text in list(entries(tray))[:4])
    assert "Turn notifications on a&gain" not in entries(tray)


def test_nothing_to_top_up_is_said(tray: Tray) -> None:
    """The entry is disabled."""
    tray.render(replace(VIEW, top_ups=()))
    assert not entries(tray)["&Top up…"].isEnabled()


@pytest.mark.parametrize(
    ("reason", "platform", "opened", "refreshed"),
    [
        (QSystemTrayIcon.ActivationReason.Trigger, "linux", 1, 0),
        (QSystemTrayIcon.ActivationReason.Trigger, "win32", 1, 0),
        (QSystemTrayIcon.ActivationReason.Trigger, "darwin", 0, 0),
        (QSystemTrayIcon.ActivationReason.DoubleClick, "linux", 1, 0),
        (QSystemTrayIcon.ActivationReason.MiddleClick, "linux", 0, 1),
        (QSystemTrayIcon.ActivationReason.Context, "linux", 0, 0),
    ],
)
def test_clicks(
    qtbot: QtBot,
    reason: QSystemTrayIcon.ActivationReason,
    platform: str,
    opened: int,
    refreshed: int,
) -> None:
    """A click opens the window, except on macOS; a middle click refreshes."""
    del qtbot
    tray = Tray(ENGLISH, platform=platform)
    intents = collected(tray.intent, object)
    icon(tray).activated.emit(reason)
    expected = [OpenWindow(at_icon=True)] * opened + [RefreshBalances()] * refreshed
    assert intents == expected


def test_an_unchanged_view_touches_nothing(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call makes a desktop repaint or close the menu."""
    tray.render(SEVERAL)
    calls: list[str] = []
    for name in ("setIcon", "setToolTip"):
        monkeypatch.setattr(
            QSystemTrayIcon, name, lambda *_, name=name: calls.append(name)
        )
    for action in menu(tray).actions():
        action.changed.connect(lambda: calls.append("changed"))
    tray.render(SEVERAL)
    assert calls == []
    tray.render(replace(SEVERAL, gauge=Gauge(Status.OK)))
    assert calls == ["setIcon"]


def test_hostile_names_are_shown_as_they_are(tray: Tray) -> None:
    """A name is no markup and no mnemonic, and it is short and in one line."""
    lines, top_ups = (HOSTILE, "x" * 10_000), (("a", HOSTILE),) * 2
    tray.render(TrayView(Gauge(Status.OK), HOSTILE, lines, top_ups))
    shown = '<img src=x> && "cod.exe'
    assert next(iter(entries(tray))) == shown
    assert all(len(text) <= 120 for text in entries(tray))
    assert "<" not in icon(tray).toolTip()
    assert utf16_length(icon(tray).toolTip()) <= 127


def test_a_new_icon_shows_what_the_old_one_did(tray: Tray) -> None:
    """It shows the same after a tray has appeared late."""
    tray.render(VIEW)
    before, picture = icon(tray), drawn(tray)
    same_menu = menu(tray)
    tray.recreate()
    assert icon(tray) is not before
    assert not before.isVisible()
    assert before.toolTip() == "Balance Tray"
    assert icon(tray).isVisible()
    assert icon(tray).toolTip() == VIEW.tooltip
    assert drawn(tray) == picture
    assert menu(tray) is same_menu


def test_a_hidden_icon_says_nothing(tray: Tray) -> None:
    """Windows remembers the last tooltip, so it contains no balance."""
    tray.render(VIEW)
    tray.hide()
    assert icon(tray).toolTip() == "Balance Tray"
    tray.render(replace(VIEW, tooltip="Main: €9.00"))
    tray.recreate()
    assert (icon(tray).isVisible(), icon(tray).toolTip()) == (False, "Balance Tray")
    tray.show()
    assert icon(tray).toolTip() == "Main: €9.00"


def test_a_message_is_cut_to_what_windows_shows(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows shows 63 and 255 UTF-16 units; a click opens the window."""
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(
        QSystemTrayIcon,
        "showMessage",
        lambda _self, title, body, _icon: said.append((title, body)),
    )
    tray.show_message(
        Notification("m/balance", "m", "😀" * 60, "b" * 400, Urgency.NORMAL, ())
    )
    assert [(utf16_length(title), utf16_length(body)) for title, body in said] == [
        (63, 255)
    ]
    intents = collected(tray.intent, object)
    icon(tray).messageClicked.emit()
    assert intents == [OpenWindow()]


def test_a_screenless_platform_hosts_no_tray(tray: Tray) -> None:
    """Qt reports whether there is a tray."""
    assert not tray.is_hosted()


def test_the_icon_is_painted_in_the_style_that_was_chosen(tray: Tray) -> None:
    """An equal style doesn't paint it again."""
    tray.render(VIEW)
    coloured = drawn(tray)
    tray.show_style(IconStyle.LIGHT)
    assert drawn(tray) != coloured
    same = icon(tray).icon().cacheKey()
    tray.show_style(IconStyle.LIGHT)
    assert icon(tray).icon().cacheKey() == same
    tray.show_style(IconStyle.COLOUR)
    assert drawn(tray) == coloured


def test_the_icon_shows_that_notifications_are_snoozed(tray: Tray) -> None:
    """It shows a moon."""
    tray.render(VIEW)
    awake = drawn(tray)
    tray.render(replace(VIEW, gauge=replace(VIEW.gauge, snoozed=True)))
    assert drawn(tray) != awake


@pytest.mark.case("also 3", "what the program shows follows the system")
def test_the_icon_follows_the_colours_of_the_taskbar(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desktop became dark while the program runs; the balance is the same."""
    monkeypatch.setattr("trayapp.ui.tray.tray.taskbar_ink", lambda: DARK_INK)
    tray.show_style(IconStyle.TASKBAR)
    tray.render(VIEW)
    light = drawn(tray)
    monkeypatch.setattr("trayapp.ui.tray.tray.taskbar_ink", lambda: LIGHT_INK)
    tray.render(VIEW)
    assert drawn(tray) == light
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert drawn(tray) != light
