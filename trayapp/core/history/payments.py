"""The rule of the ledger: which rises of a balance are payments, and which refunds.

A provider credits messages that were not delivered. So a balance falls, with small
rises between. Only a rise of a payment's size is a top-up:

1. A rise of at most half a unit, or of at most a hundredth of the balance, is a
   refund. So is a rise of a whole amount by 1, such as one credit. No provider takes
   payments so small, and people pay more than a hundredth of what is there. The highest
   balance of the last three days counts.
2. A rise above half of a day's spending is a payment. The account's own spending is
   the measure, so the rule fits every currency, and credits too. The heaviest 24
   hours of the last three days count, without what came back already. A message that
   is not delivered within three days is given up. Of a failed campaign a third comes
   back, and rarely more than half. After a long gap, or without spending, any rise
   that is not small is a payment.
3. A rise between the two is a refund, unless it looks like a payment. It then repeats a
   former payment. Or it comes to an account that is nearly used up, as people pay
   then. With a fifth of the highest balance left, a multiple of 5 is a payment. With a
   twentieth left, anything above a tenth of a day's spending is one.

The limits: a transfer from a main account looks like a payment. A campaign of which
more than half comes back at once is called a payment; a person can mark it as a
correction. The low limit of an account is no part of the rule, since a new limit would
change the months of the past.
"""

from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from trayapp.core.balance import Reading

REFUNDED_WITHIN: Final = timedelta(days=3)
"""How long after the spending a refund may come."""
_DAY: Final = timedelta(days=1)
_SMALLEST: Final = Decimal("0.5")
_CREDIT: Final = Decimal(1)
_SMALL_SHARE: Final = Decimal("0.01")
_REFUND_SHARE: Final = Decimal("0.5")
_NEARLY_USED_UP: Final = Decimal("0.2")
"""This share of the highest balance of the last days is little."""
_ROUND: Final = Decimal(5)
_USED_UP: Final = Decimal("0.05")
_LARGE_SHARE: Final = Decimal("0.1")
_REMEMBERED: Final = 12
_REPEATED: Final = Decimal("0.98")
"""A repeated payment may seem smaller by this: there is spending in its stretch."""


class PaymentRule:
    """Judges the rises of one unit's balance, in the order of their times."""

    def __init__(self) -> None:
        """Know nothing of the balance yet."""
        self._falls: deque[tuple[datetime, Decimal]] = deque()
        """The falls of the last days, without what was refunded; newest last."""
        self._peaks: deque[tuple[datetime, Decimal]] = deque()
        """Balances of the last days, each higher than all that follow it."""
        self._payments: deque[Decimal] = deque(maxlen=_REMEMBERED)

    def is_payment(self, before: Reading, after: Reading) -> bool:
        """Judge the rise between two readings, and remember it."""
        self._move_to(before, after.at)
        rise = after.balance.amount - before.balance.amount
        if self._is_payment_size(rise, before.balance.amount):
            self._payments.append(rise)
            return True
        self._refund(rise)
        return False

    def add_fall(self, before: Reading, after: Reading) -> None:
        """Remember the spending between two readings.

        Of a stretch of several days only an average day counts.
        """
        self._move_to(before, after.at)
        fall = before.balance.amount - after.balance.amount
        days = (after.at - before.at) / _DAY
        if days > 1:
            fall /= Decimal(days)
        self._falls.append((after.at, fall))

    def _move_to(self, before: Reading, now: datetime) -> None:
        """Note the balance before a change, and forget what is older than the days."""
        while self._peaks and self._peaks[-1][1] <= before.balance.amount:
            self._peaks.pop()
        self._peaks.append((before.at, before.balance.amount))
        # The newest balance before the change counts, however old it is.
        while len(self._peaks) > 1 and now - self._peaks[0][0] > REFUNDED_WITHIN:
            self._peaks.popleft()
        while self._falls and now - self._falls[0][0] > REFUNDED_WITHIN:
            self._falls.popleft()

    def _is_payment_size(self, rise: Decimal, left: Decimal) -> bool:
        highest = self._peaks[0][1]
        if rise <= max(_SMALLEST, highest * _SMALL_SHARE):
            return False
        if rise == _CREDIT and left % _CREDIT == 0:
            return False
        if not self._was_spent_in_a_day(rise / _REFUND_SHARE):
            return True
        if any(paid * _REPEATED <= rise <= paid for paid in self._payments):
            return True
        if rise % _ROUND == 0 and left <= highest * _NEARLY_USED_UP:
            return True
        is_used_up = left <= highest * _USED_UP
        return is_used_up and not self._was_spent_in_a_day(rise / _LARGE_SHARE)

    def _was_spent_in_a_day(self, amount: Decimal) -> bool:
        """Whether at least `amount` was spent within 24 hours of the last days."""
        total = Decimal(0)
        day: deque[tuple[datetime, Decimal]] = deque()
        for at, fall in reversed(self._falls):
            day.append((at, fall))
            total += fall
            while day[0][0] - at >= _DAY:
                total -= day.popleft()[1]
            if total >= amount:
                return True
        return False

    def _refund(self, rise: Decimal) -> None:
        """Take a refund off the last falls."""
        while rise > 0 and self._falls:
            at, fall = self._falls.pop()
            if fall > rise:
                self._falls.append((at, fall - rise))
            rise -= fall
