"""A gateway in memory that takes so many requests a minute, on a simulated clock."""

from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from trayapp.core.account import Account
from trayapp.core.balance import Balance
from trayapp.core.errors import GatewayDown, NoConnection, Unauthorized
from trayapp.core.pace import gateway_host
from trayapp.core.secret import Secret
from trayapp.services.gateway.client import GatewayClient

MINUTE: Final = timedelta(minutes=1)


class LimitedGateway(GatewayClient):
    """Takes `limits` requests in any minute, by host; None and no entry: any number.

    It refuses the others with 429 and a Retry-After of 60 seconds.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.limits: dict[str, int | None] = {}
        self.retry_after = MINUTE
        self.is_offline = False
        self.rejects: set[str] = set()
        """The ids of the accounts whose keys it rejects."""
        self.taken: list[tuple[datetime, str]] = []
        """The time and the account of each request that it took."""
        self.refused: list[tuple[datetime, str]] = []
        self._windows: dict[str, deque[datetime]] = {}

    async def balance(self, account: Account, key: Secret) -> Balance:
        """Take a request, or raise what the refusal means."""
        del key
        if self.is_offline:
            raise NoConnection
        now, host = self._clock(), gateway_host(account.base_url)
        window = self._windows.setdefault(host, deque())
        while window and now - window[0] >= MINUTE:
            window.popleft()
        limit = self.limits.get(host)
        if limit is not None and len(window) >= limit:
            self.refused.append((now, account.id))
            raise GatewayDown(detail="HTTP 429", retry_after=self.retry_after)
        window.append(now)
        self.taken.append((now, account.id))
        if account.id in self.rejects:
            raise Unauthorized
        return Balance(Decimal("350.1200"), "EUR")

    async def close(self) -> None:
        """Do nothing, as nothing is open."""

    @property
    def requests(self) -> int:
        """The number of all requests."""
        return len(self.taken) + len(self.refused)

    def longest_gap(self, account_id: str, until: datetime) -> timedelta:
        """Give the longest time in which an account was not taken."""
        times = [at for at, taken in self.taken if taken == account_id]
        if not times:
            return timedelta.max
        return max(
            after - before
            for before, after in zip(times, [*times[1:], until], strict=True)
        )

    def count(self) -> Counter[str]:
        """Count the taken requests of each account."""
        return Counter(account_id for _, account_id in self.taken)
