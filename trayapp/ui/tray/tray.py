"""The tray: one icon, its tooltip and its menu, and messages where Qt shows them."""

import sys
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QRect, Signal, Slot
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from trayapp.core.alerts.notification import Notification
from trayapp.core.alerts.snooze import SnoozeChoice
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language
from trayapp.core.i18n.plain_text import one_line, shorten_utf16
from trayapp.core.program import PROGRAM
from trayapp.core.settings import IconStyle
from trayapp.core.view.gauge import Gauge
from trayapp.core.view.tray import TOOLTIP_LIMIT, TrayView
from trayapp.ui.icons.first_icon import FirstIcon
from trayapp.ui.icons.icons import app_icon, gauge_icon, gauge_mask
from trayapp.ui.icons.taskbar import taskbar_ink
from trayapp.ui.intents import (
    OpenAbout,
    OpenSettings,
    OpenTopUpPage,
    OpenWindow,
    Quit,
    RefreshBalances,
    SnoozeNotifications,
)

LINES: Final = 5
"""Accounts that the menu names before it says how many more there are."""
_LONGEST_LINE: Final = 120
_LONGEST_TITLE: Final = 63
_LONGEST_BODY: Final = 255
"""UTF-16 units: what Windows shows of a notification."""
_ANGLE: Final = "\u2039"


class Tray(QObject):
    """Shows a `TrayView` and says what a person asked for there.

    The panel hears of every call, even of one that changes nothing, and closes an
    open menu that is rebuilt: so only what changed is touched, and actions are kept.

    Signals:
        intent(Intent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(
        self,
        language: Language,
        *,
        first: FirstIcon | None = None,
        platform: str = sys.platform,
        parent: QObject | None = None,
    ) -> None:
        """Go on with the `first` icon, if one is on the screen already."""
        super().__init__(parent)
        self._language = language
        self._is_mac = platform == "darwin"
        self._style = IconStyle.COLOUR
        self._gauge = Gauge(Status.UNKNOWN)
        self._tooltip = PROGRAM
        self._shown = False
        self._menu = first.menu if first is not None else QMenu()
        self._build_menu()
        self._icon = self._new_icon() if first is None else self._adopted(first)

    def render(self, view: TrayView) -> None:
        """Show `view`, touching only what changed."""
        if view.gauge != self._gauge:
            self._gauge = view.gauge
            self._icon.setIcon(self._picture())
        tooltip = _tooltip(view.tooltip)
        if tooltip != self._tooltip:
            self._tooltip = tooltip
            if self._shown:
                self._icon.setToolTip(tooltip)
        self._show_lines(view.lines, view.more)
        self._show_top_ups(view.top_ups)
        _set_texts([self._snoozed, self._wake], self._snooze_words(view.snoozed))

    def show_style(self, style: IconStyle) -> None:
        """Paint the icon in another style from now on."""
        if style is not self._style:
            self._style = style
            self._icon.setIcon(self._picture())

    def show(self) -> None:
        """Put the icon into the tray, or wait for a tray."""
        self._shown = True
        self._icon.setToolTip(self._tooltip)
        self._icon.show()

    def hide(self) -> None:
        """Take the icon away; Windows keeps the last tooltip, so it says nothing."""
        self._shown = False
        self._icon.setToolTip(PROGRAM)
        self._icon.hide()

    def recreate(self) -> None:
        """Make the icon anew, with all that it showed.

        On X11 Qt chooses between the two kinds of tray when an icon is constructed
        and never again: one made before the panel came stays invisible.
        """
        shown = self._shown
        self.hide()
        self._icon.deleteLater()
        self._icon = self._new_icon()
        if shown:
            self.show()

    def is_hosted(self) -> bool:
        """Say whether there is a tray that shows icons now."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def icon_rect(self) -> QRect:
        """Give where the icon is on the screen; empty where no panel tells."""
        return self._icon.geometry()

    def show_message(self, notice: Notification) -> None:
        """Show a notification where Qt does so natively: on Windows and macOS."""
        self._icon.showMessage(
            shorten_utf16(notice.title, _LONGEST_TITLE),
            shorten_utf16(notice.body, _LONGEST_BODY),
            app_icon(),
        )

    def _new_icon(self) -> QSystemTrayIcon:
        icon = QSystemTrayIcon(self._picture(), self)
        icon.setContextMenu(self._menu)
        icon.setToolTip(PROGRAM)
        return self._connected(icon)

    def _adopted(self, first: FirstIcon) -> QSystemTrayIcon:
        """Go on with an icon that shows the picture of what is not known yet."""
        first.icon.setParent(self)
        if self._is_mac:
            first.icon.setIcon(self._picture())
        return self._connected(first.icon)

    def _connected(self, icon: QSystemTrayIcon) -> QSystemTrayIcon:
        icon.activated.connect(self._on_activated)
        icon.messageClicked.connect(partial(self.intent.emit, OpenWindow()))
        return icon

    def _picture(self) -> QIcon:
        if self._is_mac:
            return gauge_mask(self._gauge)
        return gauge_icon(self._gauge, self._style, taskbar_ink())

    def _build_menu(self) -> None:
        translate, menu = self._language.gettext, self._menu
        open_window = partial(self.intent.emit, OpenWindow(at_icon=True))
        self._lines = [menu.addAction("") for _ in range(LINES + 1)]
        for line in self._lines:
            line.setVisible(False)
            line.triggered.connect(open_window)
        self._snoozed = menu.addAction("")
        self._snoozed.setVisible(False)
        self._snoozed.triggered.connect(open_window)
        menu.addSeparator()
        menu.addAction(translate("&Open")).triggered.connect(open_window)
        menu.addAction(translate("&Refresh")).triggered.connect(
            partial(self.intent.emit, RefreshBalances())
        )
        self._top_up = menu.addAction(translate("&Top up…"))
        self._top_up.setEnabled(False)
        self._top_up.triggered.connect(self._on_top_up)
        self._top_ups = menu.addMenu(translate("&Top up"))
        self._top_ups.menuAction().setVisible(False)
        self._top_ups.triggered.connect(self._on_top_up_of)
        self._build_snooze()
        menu.addSeparator()
        menu.addAction(translate("&Settings…")).triggered.connect(
            partial(self.intent.emit, OpenSettings())
        )
        menu.addAction(translate("&About")).triggered.connect(
            partial(self.intent.emit, OpenAbout())
        )
        menu.addSeparator()
        menu.addAction(translate("&Quit")).triggered.connect(
            partial(self.intent.emit, Quit())
        )

    def _build_snooze(self) -> None:
        translate = self._language.gettext
        self._wake = self._menu.addAction(translate("Turn notifications on a&gain"))
        self._wake.setVisible(False)
        self._wake.triggered.connect(
            partial(self.intent.emit, SnoozeNotifications(SnoozeChoice.OFF))
        )
        snooze = self._menu.addMenu(translate("S&nooze"))
        for text, choice in (
            (translate("For &1 hour"), SnoozeChoice.HOUR),
            (translate("For &8 hours"), SnoozeChoice.EIGHT_HOURS),
            (translate("Until &tomorrow, 09:00"), SnoozeChoice.TOMORROW),
            (translate("Until &Monday, 09:00"), SnoozeChoice.MONDAY),
        ):
            snooze.addAction(text).setData(str(choice))
        snooze.triggered.connect(self._on_snooze)

    def _snooze_words(self, snoozed: str) -> list[str]:
        return [_menu_text(snoozed), self._wake.text()] if snoozed else []

    def _show_lines(self, lines: tuple[str, ...], unsaid: int) -> None:
        texts = [_menu_text(line) for line in lines[:LINES]]
        if more := len(lines) - len(texts) + unsaid:
            plural = self._language.ngettext(
                "and {n} more account", "and {n} more accounts", more
            )
            texts.append(plural.format(n=more))
        _set_texts(self._lines, texts)

    def _show_top_ups(self, top_ups: tuple[tuple[str, str], ...]) -> None:
        several = len(top_ups) > 1
        self._top_up.setVisible(not several)
        self._top_ups.menuAction().setVisible(several)
        self._top_up.setEnabled(len(top_ups) == 1)
        self._top_up.setData(top_ups[0][0] if len(top_ups) == 1 else "")
        actions = self._top_ups.actions()
        actions += [
            self._top_ups.addAction("") for _ in range(len(top_ups) - len(actions))
        ]
        _set_texts(actions, [_menu_text(name) for _, name in top_ups])
        for action, (account_id, _) in zip(actions, top_ups, strict=False):
            action.setData(account_id)

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        reasons = QSystemTrayIcon.ActivationReason
        if reason is reasons.MiddleClick:
            self.intent.emit(RefreshBalances())
        elif reason is reasons.DoubleClick or (
            reason is reasons.Trigger and not self._is_mac  # there the menu opens
        ):
            self.intent.emit(OpenWindow(at_icon=True))

    @Slot()
    def _on_top_up(self) -> None:
        self.intent.emit(OpenTopUpPage(self._top_up.data()))

    @Slot(QAction)
    def _on_top_up_of(self, action: QAction) -> None:
        self.intent.emit(OpenTopUpPage(action.data()))

    @Slot(QAction)
    def _on_snooze(self, action: QAction) -> None:
        self.intent.emit(SnoozeNotifications(SnoozeChoice(action.data())))


def _set_texts(actions: list[QAction], texts: list[str]) -> None:
    """Give the first actions these texts and hide the others."""
    for position, action in enumerate(actions):
        if position < len(texts):
            action.setText(texts[position])
        action.setVisible(position < len(texts))


def _menu_text(text: str) -> str:
    """Keep a text from being a mnemonic, or a shortcut beside one."""
    return one_line(text, _LONGEST_LINE).replace("&", "&&")


def _tooltip(text: str) -> str:
    """Keep a text from being taken for markup: some trays guess that from a "<"."""
    lines = (one_line(line, TOOLTIP_LIMIT) for line in text.split("\n"))
    return shorten_utf16("\n".join(lines).replace("<", _ANGLE), TOOLTIP_LIMIT)
