"""The tray icon, with its tooltip, its menu, and Qt's notifications."""

import sys
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QRect, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QIcon
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
"""The most accounts that the menu names; it counts the others."""
_LONGEST_LINE: Final = 120
_LONGEST_TITLE: Final = 63
_LONGEST_BODY: Final = 255
"""The most UTF-16 units of a notification that Windows shows."""
_LESS_THAN: Final = "\u2039"


class Tray(QObject):
    """Shows a `TrayView`, and emits what a person asks for there.

    Each call reaches the desktop, which then repaints, or closes an open menu.
    So only changes are passed on, and the menu's actions are kept.

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
        """Take over the `first` icon, if a start has shown one."""
        super().__init__(parent)
        self._language = language
        self._is_mac = platform == "darwin"
        self._style = IconStyle.COLOUR
        self._gauge = Gauge(Status.UNKNOWN)
        self._tooltip = PROGRAM
        self._shown = False
        self._menu = first.menu if first is not None else QMenu()
        self._build_menu()
        self._icon = self._new_icon() if first is None else self._adopt(first)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._paint)

    def render(self, view: TrayView) -> None:
        """Show `view`; pass on only what changed."""
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
        _set_texts(
            [self._snooze_line, self._end_snooze], self._snooze_words(view.snoozed)
        )

    def show_style(self, style: IconStyle) -> None:
        """Set the style of the icon."""
        if style is not self._style:
            self._style = style
            self._icon.setIcon(self._picture())

    def show(self) -> None:
        """Show the icon, now or as soon as there is a tray."""
        self._shown = True
        self._icon.setToolTip(self._tooltip)
        self._icon.show()

    def hide(self) -> None:
        """Hide the icon; reset its tooltip, as Windows keeps showing the last one."""
        self._shown = False
        self._icon.setToolTip(PROGRAM)
        self._icon.hide()

    def recreate(self) -> None:
        """Replace the icon by a new one with the same contents.

        On X11 Qt chooses the tray protocol when it constructs an icon. An icon that is
        older than the tray stays invisible.
        """
        shown = self._shown
        self.hide()
        self._icon.deleteLater()
        self._icon = self._new_icon()
        if shown:
            self.show()

    def is_hosted(self) -> bool:
        """Say whether Qt finds a tray that shows icons."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def icon_rect(self) -> QRect:
        """Return the rectangle of the icon on the screen; empty if it is unknown."""
        return self._icon.geometry()

    def show_message(self, notification: Notification) -> None:
        """Show a notification with Qt, which does so natively on Windows and macOS."""
        self._icon.showMessage(
            shorten_utf16(notification.title, _LONGEST_TITLE),
            shorten_utf16(notification.body, _LONGEST_BODY),
            app_icon(),
        )

    def _new_icon(self) -> QSystemTrayIcon:
        icon = QSystemTrayIcon(self._picture(), self)
        icon.setContextMenu(self._menu)
        icon.setToolTip(PROGRAM)
        return self._connect(icon)

    def _adopt(self, first: FirstIcon) -> QSystemTrayIcon:
        """Take over an icon that shows the status "unknown"."""
        first.icon.setParent(self)
        if self._is_mac:
            first.icon.setIcon(self._picture())
        return self._connect(first.icon)

    def _connect(self, icon: QSystemTrayIcon) -> QSystemTrayIcon:
        icon.activated.connect(self._on_activated)
        icon.messageClicked.connect(partial(self.intent.emit, OpenWindow()))
        return icon

    @Slot()
    def _paint(self) -> None:
        """Paint the icon again, as the taskbar may have another colour."""
        self._icon.setIcon(self._picture())

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
        self._snooze_line = menu.addAction("")
        self._snooze_line.setVisible(False)
        self._snooze_line.triggered.connect(open_window)
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
        self._end_snooze = self._menu.addAction(
            translate("Turn notifications on a&gain")
        )
        self._end_snooze.setVisible(False)
        self._end_snooze.triggered.connect(
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
        return [_menu_text(snoozed), self._end_snooze.text()] if snoozed else []

    def _show_lines(self, lines: tuple[str, ...], not_listed: int) -> None:
        texts = [_menu_text(line) for line in lines[:LINES]]
        if more := len(lines) - len(texts) + not_listed:
            plural = self._language.ngettext(
                "and {n} more account", "and {n} more accounts", more
            )
            texts.append(plural.format(n=more))
        _set_texts(self._lines, texts)

    def _show_top_ups(self, top_ups: tuple[tuple[str, str], ...]) -> None:
        has_several = len(top_ups) > 1
        self._top_up.setVisible(not has_several)
        self._top_ups.menuAction().setVisible(has_several)
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
            reason is reasons.Trigger and not self._is_mac  # macOS opens the menu
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
    """Set the texts of the first actions, and hide the others."""
    for position, action in enumerate(actions):
        if position < len(texts):
            action.setText(texts[position])
        action.setVisible(position < len(texts))


def _menu_text(text: str) -> str:
    """Escape a text so that it contains no mnemonic and no shortcut."""
    return one_line(text, _LONGEST_LINE).replace("&", "&&")


def _tooltip(text: str) -> str:
    """Replace "<" in a text, from which some trays conclude that it is markup."""
    lines = (one_line(line, TOOLTIP_LIMIT) for line in text.split("\n"))
    return shorten_utf16("\n".join(lines).replace("<", _LESS_THAN), TOOLTIP_LIMIT)
