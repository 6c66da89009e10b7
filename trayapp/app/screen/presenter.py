"""Draws what is known into the tray and the window, whenever it changes."""

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Slot

from trayapp.app.screen.lazy_window import LazyWindow
from trayapp.core.account_state import AccountState
from trayapp.core.chart.sparkline import RecentBalances
from trayapp.core.forecast.run_out import Forecast
from trayapp.core.forecast.words import is_soon
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import (
    Card,
    amount,
    card,
    card_details,
    snoozed_until,
    totals,
)
from trayapp.core.view.tray import tray_view
from trayapp.qt.interpreter import freeze_long_lived_objects
from trayapp.qt.model import AccountsModel
from trayapp.ui.tray.tray import Tray

if TYPE_CHECKING:
    from trayapp.core.alerts.pending_payment import PendingPayment
    from trayapp.ui.window.window import Window

_AGE_MS: Final = 30_000
_HOUR_MS: Final = 3_600_000
_BURST_MS: Final = 100
_TURN_MS: Final = 6
"""How long cards are drawn before the event loop has its turn; what Qt then does to lay
them out takes about as long."""
_SNOOZED: Final = "snoozed"


class Presenter(QObject):
    """Draws the tray and the window from the model.

    It keeps what belongs beside a balance: forecast, snooze, pending payment. The tray
    is drawn after each change, and once an hour for the day in its times. The visible
    window is drawn each half minute for the ages.
    """

    def __init__(
        self,
        tray: Tray,
        lazy_window: LazyWindow,
        model: AccountsModel,
        language: Language,
    ) -> None:
        super().__init__(lazy_window)
        self._tray, self._lazy_window, self._model = tray, lazy_window, model
        self._language = language
        self._hiding = replace(language, hides_amounts=True)
        self._discreet = self._revealed = False
        self._loaded = self._stopped = False
        self._snoozed: datetime | None = None
        self._forecasts: dict[str, Forecast] = {}
        self._recent_balances: dict[str, RecentBalances] = {}
        self._payments: dict[str, PendingPayment] = {}
        self._ages = QTimer(self, interval=_AGE_MS)
        self._ages.timeout.connect(self.draw_window)
        self._hours = QTimer(self, interval=_HOUR_MS)
        self._hours.timeout.connect(self.draw_tray)
        self._hours.start()
        self._soon = QTimer(self, interval=_BURST_MS, singleShot=True)
        self._soon.timeout.connect(self._draw_in_turns)
        self._since_drawn = QElapsedTimer()
        self._left: deque[str] = deque()
        """The accounts whose cards are still to be drawn, by their ids."""
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._draw_some_cards)
        model.changed.connect(self._draw_soon)
        lazy_window.made.connect(self._on_made)

    @property
    def discreet_language(self) -> Language:
        """How to speak where others may read along."""
        return self._hiding if self._discreet else self._language

    def set_discreet(self, *, on: bool) -> None:
        """Hide amounts from now on, or no longer."""
        if on is not self._discreet:
            self._discreet, self._revealed = on, False
            self.draw()

    def reveal_amounts(self) -> None:
        """Show hidden amounts in the window until it closes."""
        self._revealed = True
        self.draw_window()

    def forecast(self, account_id: str) -> Forecast | None:
        """Return an account's last forecast."""
        return self._forecasts.get(account_id)

    def window_shown(self) -> None:
        """Draw the window that has come up, and keep its ages right."""
        self.draw_window()
        self._ages.start()

    @Slot()
    def loaded(self) -> None:
        """Begin to draw, as the profile is loaded now."""
        self._loaded = True
        self.draw()

    def stop(self) -> None:
        """Draw nothing more: tray and window are about to be deleted."""
        self._stopped = True
        for timer in (self._ages, self._hours, self._soon, self._turn):
            timer.stop()

    @Slot()
    def draw(self) -> None:
        """Draw everything again."""
        self._soon.stop()
        self.draw_tray()
        self.draw_window()
        self._since_drawn.start()

    @Slot()
    def _draw_soon(self) -> None:
        """Draw at once, or a moment later if that was only just done.

        Two hundred responses in a second do not cause two hundred drawings.
        """
        if self._stopped:
            return
        drawn = self._since_drawn
        if not drawn.isValid() or drawn.elapsed() >= _BURST_MS:
            self._draw_in_turns()
        elif not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _draw_in_turns(self) -> None:
        """Draw the tray, and then the cards, a few in each turn of the event loop.

        All of two hundred at once would hold up the window for as long as a person
        notices. What is behind already goes first: a burst that goes on starves none.
        """
        self._soon.stop()
        self.draw_tray()
        self._since_drawn.start()
        if (window := self._lazy_window.present) is None:
            return
        ids = [state.account.id for state in self._model.states]
        if ids != window.account_ids:
            self.draw_window()
        elif window.isVisible():
            waiting = set(self._left)
            self._left.extend(each for each in ids if each not in waiting)
            if not self._turn.isActive():
                self._draw_some_cards()

    @Slot()
    def _draw_some_cards(self) -> None:
        window = self._lazy_window.window  # it is on the screen
        busy = QElapsedTimer()
        busy.start()
        now = datetime.now(UTC)
        known = {state.account.id: state for state in self._known(now)}
        while self._left:
            state = known.get(self._left.popleft())
            if state is not None:
                window.show_card(self._card(state, now))
            if busy.elapsed() >= _TURN_MS:
                break
        if self._left:
            self._turn.start()
        else:
            window.show_totals(totals(self._model.states, self._in_window))

    @Slot()
    def draw_tray(self) -> None:
        """Draw the tray."""
        if not self._loaded:
            return
        now = datetime.now(UTC)
        words = ""
        if self._snoozed is not None and self._snoozed > now:
            words = snoozed_until(self._snoozed, now, self._language)
        highs = {
            account_id: recent.high
            for account_id, recent in self._recent_balances.items()
        }
        self._tray.render(
            tray_view(
                self._known(now),
                now,
                self.discreet_language,
                highs=highs,
                snoozed=words,
            )
        )

    @Slot()
    def draw_window(self) -> None:
        """Draw the window, if anybody can see it."""
        window = self._lazy_window.present
        if window is None or not window.isVisible():
            self._ages.stop()
            return
        self._left.clear()
        before = window.account_ids
        now = datetime.now(UTC)
        known = self._known(now)
        window.show_cards(tuple(self._card(state, now) for state in known))
        window.show_totals(totals(known, self._in_window))
        window.offer_reveal(on=self._discreet and not self._revealed)
        if window.account_ids != before:
            freeze_long_lived_objects()

    def set_snoozed(self, until: datetime | None) -> None:
        """Show until when notifications are snoozed."""
        self._snoozed = until
        words = None
        if until is not None:
            words = snoozed_until(until, datetime.now(UTC), self._language)
        self._lazy_window.show_banner(_SNOOZED, words)
        self.draw_tray()

    def set_forecast(self, account_id: str, forecast: Forecast) -> None:
        """Show when an account runs out."""
        self._forecasts[account_id] = forecast
        self._draw_soon()

    def set_recent_balances(
        self, account_id: str, recent_balances: RecentBalances
    ) -> None:
        """Show what an account's last weeks were like."""
        if self._recent_balances.get(account_id) != recent_balances:
            self._recent_balances[account_id] = recent_balances
            self._draw_soon()

    def set_pending_payments(self, payments: "tuple[PendingPayment, ...]") -> None:
        """Show which payments are waited for."""
        self._payments = {payment.account_id: payment for payment in payments}
        self.draw_window()

    @property
    def _in_window(self) -> Language:
        return self._language if self._revealed else self.discreet_language

    @Slot(object)
    def _on_made(self, window: "Window") -> None:
        window.hidden.connect(self._on_hidden)

    @Slot()
    def _on_hidden(self) -> None:
        """Hide amounts again, as other people may see the window the next time."""
        if self._revealed:
            self._revealed = False
            self._left.clear()
            self._lazy_window.window.show_cards(())

    def _known(self, now: datetime) -> tuple[AccountState, ...]:
        """Give what is known, and of which accounts few days are left."""
        today = now.astimezone(self._language.zone).date()
        return tuple(
            replace(state, runs_out_soon=True)
            if is_soon(
                self._forecasts.get(state.account.id), state.account.warn_days, today
            )
            else state
            for state in self._model.states
        )

    def _card(self, state: AccountState, now: datetime) -> Card:
        account_id, language = state.account.id, self._in_window
        beside = (
            self._forecasts.get(account_id),
            self._recent_balances.get(account_id),
            self._payments.get(account_id),
        )
        details = card_details(state, beside, now, language)
        shown = card(state, now, language, details)
        return replace(shown, amount_to_copy=amount(state, self._language))
