"""Draws what is known into the tray and the window, whenever it changes."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Slot

from trayapp.core.forecast import Forecast
from trayapp.core.known import Known
from trayapp.core.language import Language
from trayapp.core.outlook import MESSAGES, card_words, messages_left, messages_sentence
from trayapp.core.paid import paid_words
from trayapp.core.text import Extra, card, snoozed_until, totals, tray_view
from trayapp.qt.model import AccountsModel
from trayapp.ui.tray import Tray
from trayapp.ui.window import Window

if TYPE_CHECKING:
    from trayapp.core.paid import Paid

_AGE_MS: Final = 30_000
_HOUR_MS: Final = 3_600_000
_BURST_MS: Final = 100
_SNOOZED: Final = "snoozed"


class Views(QObject):
    """Holds nothing of its own but what goes beside a balance: forecast, snooze, paid.

    The tray is drawn when something changes, and once an hour for the day in its
    times; the window, while it is on the screen, each half minute for the ages.
    """

    def __init__(
        self, tray: Tray, window: Window, model: AccountsModel, language: Language
    ) -> None:
        super().__init__(window)
        self._tray, self._window, self._model = tray, window, model
        self._language = language
        self._loaded = False
        self._snoozed: datetime | None = None
        self._forecasts: dict[str, Forecast] = {}
        self._paid: dict[str, Paid] = {}
        self._ages = QTimer(self, interval=_AGE_MS)
        self._ages.timeout.connect(self.draw_window)
        self._hours = QTimer(self, interval=_HOUR_MS)
        self._hours.timeout.connect(self.draw_tray)
        self._hours.start()
        self._soon = QTimer(self, interval=_BURST_MS, singleShot=True)
        self._soon.timeout.connect(self._draw_in_turns)
        self._since_drawn = QElapsedTimer()
        model.changed.connect(self._draw_soon)

    def forecast(self, account_id: str) -> Forecast | None:
        """Give what was last foreseen of an account."""
        return self._forecasts.get(account_id)

    def window_shown(self) -> None:
        """Draw the window that has come up, and keep its ages right."""
        self.draw_window()
        self._ages.start()

    @Slot()
    def loaded(self) -> None:
        """Begin to draw: before, nothing is known, not even that nothing is set up."""
        self._loaded = True
        self.draw()

    @Slot()
    def draw(self) -> None:
        """Draw everything anew."""
        self._soon.stop()
        self.draw_tray()
        self.draw_window()
        self._since_drawn.start()

    @Slot()
    def _draw_soon(self) -> None:
        """Draw at once, or a moment later if that was only just done.

        Two hundred answers in a second are not two hundred drawings.
        """
        drawn = self._since_drawn
        if not drawn.isValid() or drawn.elapsed() >= _BURST_MS:
            self.draw()
        elif not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _draw_in_turns(self) -> None:
        """Draw the tray, and the window in a turn of the event loop of its own."""
        self.draw_tray()
        self._since_drawn.start()
        QTimer.singleShot(0, self.draw_window)

    @Slot()
    def draw_tray(self) -> None:
        """Draw the tray."""
        if not self._loaded:
            return
        now = datetime.now(UTC)
        words = ""
        if self._snoozed is not None and self._snoozed > now:
            words = snoozed_until(self._snoozed, now, self._language)
        known = self._model.known
        self._tray.render(tray_view(known, now, self._language, snoozed=words))

    @Slot()
    def draw_window(self) -> None:
        """Draw the window, if anybody can see it."""
        if not self._window.isVisible():
            self._ages.stop()
            return
        now, known = datetime.now(UTC), self._model.known
        self._window.show_cards(
            tuple(
                card(one, now, self._language, self._extra(one, now)) for one in known
            )
        )
        self._window.show_totals(totals(known, self._language))

    @Slot(object)
    def set_snoozed(self, until: datetime | None) -> None:
        """Show until when notifications are snoozed."""
        self._snoozed = until
        words = None
        if until is not None:
            words = snoozed_until(until, datetime.now(UTC), self._language)
        self._window.show_banner(_SNOOZED, words)
        self.draw_tray()

    @Slot(str, object)
    def set_forecast(self, account_id: str, said: Forecast) -> None:
        """Show when an account runs out."""
        self._forecasts[account_id] = said
        self._draw_soon()

    @Slot(object)
    def set_awaited(self, paid: "tuple[Paid, ...]") -> None:
        """Show which payments are waited for."""
        self._paid = {one.account_id: one for one in paid}
        self.draw_window()

    def _extra(self, known: Known, now: datetime) -> Extra:
        account_id, language = known.account.id, self._language
        said, paid = self._forecasts.get(account_id), self._paid.get(account_id)
        today = now.astimezone(language.zone).date()
        count = None
        if known.reading is not None:
            count = messages_left(known.reading.balance, known.account.price)
        else:
            said = None  # it was said of another address or sub-account
        # A balance in messages says that number itself.
        is_own_unit = (
            known.reading is not None and known.reading.balance.unit == MESSAGES
        )
        loud, quiet = "", ""
        if said is not None:
            loud, quiet = card_words(said, today, language)
        return Extra(
            run_out=loud,
            note=quiet,
            messages=messages_sentence(count, language)
            if count is not None and not is_own_unit
            else "",
            paid=paid_words(paid, now, language) if paid is not None else "",
        )
