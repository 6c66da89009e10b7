"""A demo gateway under the control of tests and pictures."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus

from trayapp.core.balance import exact_amount
from trayapp.core.secret import Secret
from trayapp.demo.accounts import DemoAccount
from trayapp.demo.gateway import DemoGateway
from trayapp.demo.server import Request, Response, status_page


@dataclass(frozen=True, slots=True, eq=False)
class ReceivedRequest:
    """A question for a balance that came, whatever was answered."""

    path: str
    key: Secret
    sub_account: str
    """Empty for the account that owns the key."""
    at: float
    """By the gateway's clock."""


class ScriptedGateway(DemoGateway):
    """The demo gateway under a test's control, from any thread, at once.

    Until something is set it answers as the demo does.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fixed: dict[str, tuple[str, str]] = {}
        self._verdicts: dict[str, bool] = {}
        self._hanging = False
        self._refusal: Response | None = None
        self._asked: list[ReceivedRequest] = []
        self._news = threading.Condition()
        super().__init__(port=port, speed=speed, clock=clock)

    def set_balance(self, account_or_key: str, amount: str, unit: str) -> None:
        """Fix the balance of an account or of a key; it is sent as it is written.

        An account is named by its id. A key means the account that owns it; an unknown
        key is accepted and gets an account.
        """
        self._fixed[self._story(account_or_key).id] = (amount, unit)

    def revoke(self, key: str) -> None:
        """Reject a key from now on, for its sub-accounts too."""
        self._verdicts[key] = False

    def accept(self, key: str) -> None:
        """Accept a key from now on; an unknown one gets an account."""
        self._story(key)
        self._verdicts[key] = True

    def hang(self, *, on: bool) -> None:
        """Hold all responses back, or release them."""
        self._hanging = on

    def refuse(self, status: HTTPStatus, retry_after: str) -> None:
        """Answer every request with a status and a Retry-After."""
        self._refusal = status_page(status, {"Retry-After": retry_after})

    @property
    def requests(self) -> list[ReceivedRequest]:
        """All requests so far, those with a held response included."""
        with self._news:
            return list(self._asked)

    def wait_for_requests(self, n: int, timeout: float) -> None:
        """Wait until `n` requests came since the start; raise `TimeoutError` if not."""
        with self._news:
            if not self._news.wait_for(lambda: len(self._asked) >= n, timeout):
                message = f"{len(self._asked)} of {n} requests came in {timeout} s"
                raise TimeoutError(message)

    def top_up(self, account_id: str) -> None:
        """Buy credit; a fixed balance is fixed at as much more."""
        fixed = self._fixed.get(account_id)
        if fixed is None:
            super().top_up(account_id)
            return
        amount = exact_amount(fixed[0]) or Decimal(0)
        more = amount + self._story(account_id).top_up
        self._fixed[account_id] = (f"{more:.4f}", fixed[1])

    def _story(self, account_or_key: str) -> DemoAccount:
        for story in self._demo_accounts:
            own = story.key == account_or_key and not story.sub_account
            if own or story.id == account_or_key:
                return story
        story = DemoAccount(
            id=f"scripted-{len(self._demo_accounts)}",
            name="Scripted",
            key=account_or_key,
            unit="EUR",
            start=Decimal("350.1200"),
            price=Decimal("0.0475"),
            per_day=0,
            low_below=Decimal(10),
            top_up=Decimal(100),
        )
        self._demo_accounts.append(story)
        return story

    def _accepts(self, key: str) -> bool:
        verdict = self._verdicts.get(key)
        return super()._accepts(key) if verdict is None else verdict

    def _amount(self, story: DemoAccount) -> tuple[str, str]:
        return self._fixed.get(story.id) or super()._amount(story)

    def _key_response(
        self, request: Request, key: str, user_name: str
    ) -> Response | None:
        with self._news:
            self._asked.append(
                ReceivedRequest(request.path, Secret(key), user_name, self._clock())
            )
            self._news.notify_all()
        if not self._delay_while(lambda: self._hanging, request):
            return None
        if self._refusal is not None:
            return self._refusal
        return super()._key_response(request, key, user_name)
