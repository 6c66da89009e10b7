"""The demo's accounts: their spending and top-ups as functions of time."""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

DAY: Final = 86_400
"""Seconds; a day of the demo begins at nine in the morning, the first on a Monday."""
MAIN_KEY: Final = "399d2b438a53ebed3db8a7d52107f846"
"""The key in the samples of the gateway's documentation (CONTRACT.md)."""
SLOW_S: Final = 4.0
"""The slow account's response time, in real seconds at any speed."""

# Thousandths of a day's messages, hour by hour from nine in the morning.
_BY_HOUR: Final = (
    *(90, 110, 100, 70, 60, 90, 100, 95, 80, 60),  # until seven in the evening
    *(40, 30, 25, 15, 10),  # until midnight
    *(3, 2, 1, 1, 1, 2, 4, 5, 6),  # until nine again
)
_SATURDAY: Final = 5  # of a week that begins on Monday, as 0


@dataclass(frozen=True, slots=True)
class TopUp:
    """Credit that a person bought on the website."""

    at: float
    """In seconds of the demo's time."""
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A made-up account, whose balance depends only on the demo's time."""

    id: str
    name: str
    key: str
    unit: str
    start: Decimal
    price: Decimal
    """Of one message, in the account's unit."""
    per_day: int
    """The approximate messages on a working day; on a weekend it is a fifth."""
    low_below: Decimal
    top_up: Decimal
    """The amount of one top-up, on the website and by `refills`."""
    refills: bool = False
    """Whether a low account is topped up at nine in the morning."""
    sub_account: str = ""
    """The sub-account's `user_name`; `key` is then its parent's."""
    revoked_after: float = math.inf
    """Seconds after which the gateway rejects the key for good."""
    delay_s: float = 0.0

    def accepts(self, elapsed: float) -> bool:
        """Whether the key is valid after `elapsed` seconds."""
        return elapsed < self.revoked_after

    def balance(self, elapsed: float, top_ups: Sequence[TopUp] = ()) -> Decimal:
        """Give the balance after `elapsed` seconds, 0 or more.

        `top_ups` are the manual ones, the oldest first. A message that can't be paid is
        not sent, so an empty account has no debt.
        """
        mornings = range(DAY, int(elapsed) + 1, DAY)
        events = sorted(
            [(morning, Decimal(0)) for morning in mornings]
            + [
                (int(top_up.at), top_up.amount)
                for top_up in top_ups
                if top_up.at <= elapsed
            ]
        )
        left, since = self.start, 0
        for at, bought in events:
            left = self._spend(left, since, at)
            if at % DAY == 0 and self.refills and left < self.low_below:
                left += self.top_up
            left, since = left + bought, at
        return self._spend(left, since, int(elapsed))

    def past_balances(self, hours: int) -> list[Decimal]:
        """Give the balances at the full hours before the demo, the oldest first.

        They are computed backwards, by adding the spending. Where the sum exceeds the
        most that the account has, it was topped up in that hour.
        """
        balances, left = [self.start], self.start
        for hour in range(hours):
            since = -(hour + 1) * 3_600
            day, second = divmod(since, DAY)
            messages = self._sent(day, second + 3_600) - self._sent(day, second)
            left += self.price * messages
            if left > self.low_below + self.top_up:
                left -= self.top_up
            balances.append(left)
        return balances[::-1]

    def _spend(self, left: Decimal, since: int, until: int) -> Decimal:
        """Subtract the messages between two moments of a day, while credit lasts."""
        day, start = divmod(since, DAY)
        due = self._sent(day, until - day * DAY) - self._sent(day, start)
        return left - self.price * min(due, int(left // self.price))

    def _sent(self, day: int, second: int) -> int:
        """Count the messages of a day up to one of its seconds."""
        # A checksum is random enough: it is reproducible, and differs every day.
        percent = 90 + zlib.crc32(f"{self.id}/{day}".encode()) % 21
        busy = self.per_day if day % 7 < _SATURDAY else self.per_day // 5
        hour, rest = divmod(second, 3_600)
        share = sum(_BY_HOUR[:hour]) * 3_600
        if rest:
            share += _BY_HOUR[hour] * rest
        return busy * percent * share // (100 * 1_000 * 3_600)


DEMO_ACCOUNTS: Final = (
    DemoAccount(
        id="demo-main",
        name="Shop — sign-in codes",
        key=MAIN_KEY,
        unit="EUR",
        start=Decimal("350.1200"),
        price=Decimal("0.0475"),
        per_day=1_100,
        # More than a day's spending, so that the account gets low and is never empty.
        low_below=Decimal(60),
        top_up=Decimal(300),
        refills=True,
    ),
    DemoAccount(
        id="demo-sub",
        name="Support — call-back reminders",
        key=MAIN_KEY,
        sub_account="support",
        unit="CREDITS",
        start=Decimal(42),
        price=Decimal(1),
        per_day=60,
        low_below=Decimal(100),
        top_up=Decimal(1_000),
    ),
    DemoAccount(
        id="demo-sms",
        name="Warehouse — delivery notices",
        key="demo-key-warehouse",
        unit="SMS",
        start=Decimal(4_820),
        price=Decimal(1),
        per_day=260,
        low_below=Decimal(500),
        top_up=Decimal(5_000),
        refills=True,
    ),
    DemoAccount(
        id="demo-revoked",
        name="Old shop — order confirmations",
        key="demo-key-old-shop",
        unit="EUR",
        start=Decimal("86.4000"),
        price=Decimal("0.0475"),
        per_day=40,
        low_below=Decimal(20),
        top_up=Decimal(50),
        revoked_after=60.0,
    ),
    DemoAccount(
        id="demo-slow",
        name="Clinic — appointments",
        key="demo-key-clinic",
        unit="GBP",
        start=Decimal("212.3350"),
        price=Decimal("0.0380"),
        per_day=300,
        low_below=Decimal(25),
        top_up=Decimal(200),
        refills=True,
        delay_s=SLOW_S,
    ),
)
"""All accounts of the demo, in the order on the screen."""
