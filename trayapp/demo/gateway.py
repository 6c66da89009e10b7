"""A gateway on the loopback that follows the contract, for demos and tests."""

import html
import json
import signal
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, Self
from urllib.parse import parse_qs

from trayapp.core.account import Account, Service
from trayapp.core.balance import Balance
from trayapp.demo.accounts import DEMO_ACCOUNTS, DemoAccount, TopUp
from trayapp.demo.server import HOST, Request, Response, Server, status_page

_ACCOUNT: Final = "/api/3.0/account/get-balance"
_SUB_ACCOUNT: Final = "/api/3.0/subaccount/get-balance"
_WEBSITE: Final = "/panel"
_TOP_UP: Final = "/panel/top-up"
_LOOK_S: Final = 0.02
"""How often a delayed response checks whether it is due."""
_REFUSALS: Final = {
    "UNAUTHORIZED": "Your API key may be invalid or your IP is blocked.",
    "JSON_PARSE_ERROR": "The JSON was incorrect, improper or incomplete.",
    "MISSING_PARAMS": "A mandatory parameter is missing.",
    "INVALID_CONTENT_TYPE": "The content type must be application/json.",
    "BAD_PARAMS": "There is no such sub-account.",
}
_WEBSITE_PAGE: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Demo panel</title>
<h1>Demo panel</h1>
<p>This page stands for the panel where an account is topped up. No money is spent.</p>
<table>{rows}</table>
</html>
"""
_WEBSITE_ROW: Final = """
<tr><th align="left">{name}</th><td align="right">{amount} {unit}</td>
<td><form method="post" action="{action}">
<button name="account" value="{id}">Top up by {top_up} {unit}</button></form></td></tr>
"""


class DemoGateway:
    """The gateway and its website, on a port of the loopback.

    Its constructor opens the port (`OSError` if it is in use) and starts the demo's
    time. It responds between `start` and `stop`, or inside a `with`. `speed` is in
    seconds of the demo's time per second; `clock` counts real seconds.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._speed, self._began = clock, speed, clock()
        self._demo_accounts = list(DEMO_ACCOUNTS)
        self._top_ups: dict[str, list[TopUp]] = {}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._server = Server(port, self._response)
        self.url = f"http://{HOST}:{self._server.server_port}"

    def start(self) -> None:
        """Start to respond."""
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(_LOOK_S,),
            name="demo-gateway",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Close the port, and the connections that wait for a response."""
        self._stopping.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def accounts(self) -> tuple[Account, ...]:
        """Give the demo's accounts as the settings store them."""
        return tuple(
            Account(
                id=account.id,
                name=account.name,
                service=Service.CUSTOM,
                base_url=self.url,
                sub_account=account.sub_account,
                low_below=account.low_below,
                panel=self.url + _WEBSITE,
            )
            for account in DEMO_ACCOUNTS
        )

    def keys(self) -> dict[str, str]:
        """Give the accounts' keys by account id; a sub-account's is its parent's."""
        return {account.id: account.key for account in DEMO_ACCOUNTS}

    def past_balances(self, account_id: str, hours: int) -> list[Balance]:
        """Give the balances at the full hours before now, the oldest first."""
        account = {account.id: account for account in self._demo_accounts}[account_id]
        return [
            Balance(amount, account.unit) for amount in account.past_balances(hours)
        ]

    def top_up(self, account_id: str) -> None:
        """Buy credit, as the website's button does; `KeyError` if unknown."""
        account = {account.id: account for account in self._demo_accounts}[account_id]
        bought = TopUp(self._elapsed(), account.top_up)
        self._top_ups.setdefault(account_id, []).append(bought)

    def _elapsed(self) -> float:
        return (self._clock() - self._began) * self._speed

    def _accepts(self, key: str) -> bool:
        elapsed = self._elapsed()
        return any(
            account.key == key and account.accepts(elapsed)
            for account in self._demo_accounts
        )

    def _amount(self, account: DemoAccount) -> tuple[str, str]:
        """Give the balance and its unit, as the response has them."""
        top_ups = tuple(self._top_ups.get(account.id, ()))
        return f"{account.balance(self._elapsed(), top_ups):.4f}", account.unit

    def _delay_while(self, reason: Callable[[], bool], request: Request) -> bool:
        """Delay a response; False if the client has hung up or the gateway stops."""
        while reason():
            if request.gone() or self._stopping.wait(_LOOK_S):
                return False
        return True

    def _response(self, request: Request) -> Response | None:
        if request.path in {_ACCOUNT, _SUB_ACCOUNT}:
            if request.method != "POST":
                return status_page(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "POST"})
            return self._api_response(request)
        if (request.method, request.path) == ("GET", _WEBSITE):
            return Response(HTTPStatus.OK, self._website())
        if (request.method, request.path) == ("POST", _TOP_UP):
            form = parse_qs(request.body.decode("utf-8", "replace"))
            try:
                self.top_up(form["account"][0])
            except KeyError:
                return status_page(HTTPStatus.NOT_FOUND)
            return status_page(HTTPStatus.SEE_OTHER, {"Location": _WEBSITE})
        return status_page(HTTPStatus.NOT_FOUND)

    def _api_response(self, request: Request) -> Response | None:
        if request.content_type != "application/json":
            return _refusal("INVALID_CONTENT_TYPE")
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            return _refusal("JSON_PARSE_ERROR")
        if not isinstance(body, dict):
            return _refusal("JSON_PARSE_ERROR")
        key, user_name = body.get("api_key"), body.get("user_name")
        if request.path == _ACCOUNT:
            user_name = ""
        elif not user_name:
            return _refusal("MISSING_PARAMS")
        if not key or not isinstance(key, str) or not isinstance(user_name, str):
            return _refusal("MISSING_PARAMS")
        return self._key_response(request, key, user_name)

    def _key_response(
        self, request: Request, key: str, user_name: str
    ) -> Response | None:
        if not self._accepts(key):
            return _refusal("UNAUTHORIZED")
        by_user_name = {
            account.sub_account: account
            for account in self._demo_accounts
            if account.key == key
        }
        account = by_user_name.get(user_name)
        if account is None:
            return _refusal("BAD_PARAMS")
        until = self._clock() + account.delay_s
        if not self._delay_while(lambda: self._clock() < until, request):
            return None
        balance, currency = self._amount(account)
        result = {"balance": balance, "currency": currency}
        return _json(HTTPStatus.OK, {"status": "ok", "result": result})

    def _website(self) -> str:
        rows = []
        for account in self._demo_accounts:
            amount, unit = self._amount(account)
            shown = {
                "id": account.id,
                "name": account.name,
                "amount": amount,
                "unit": unit,
                "top_up": f"{account.top_up:f}",
                "action": _TOP_UP,
            }
            escaped = {name: html.escape(text) for name, text in shown.items()}
            rows.append(_WEBSITE_ROW.format_map(escaped))
        return _WEBSITE_PAGE.format(rows="".join(rows))


def _json(status: HTTPStatus, reply: dict[str, object]) -> Response:
    return Response(status, json.dumps(reply), "application/json")


def _refusal(error_id: str) -> Response:
    unauthorized = error_id == "UNAUTHORIZED"
    return _json(
        HTTPStatus.UNAUTHORIZED if unauthorized else HTTPStatus.BAD_REQUEST,
        {"status": "error", "error_id": error_id, "error_msg": _REFUSALS[error_id]},
    )


def serve_forever(port: int, speed: float) -> None:
    """Run the demo gateway in the foreground until Ctrl+C or SIGTERM.

    It prints its URL, its keys, which are made up, and a sample request. It raises
    `SystemExit` with a sentence if the port can't be opened. Only for the main thread.
    """
    try:
        gateway = DemoGateway(port=port, speed=speed)
    except (OSError, OverflowError) as error:
        message = f"The demo gateway can't listen on port {port}: {error}"
        raise SystemExit(message) from None
    stopped = threading.Event()
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signals.remove(signal.SIGINT)  # a shell ignores it for a background job
    before = [signal.signal(number, lambda *_: stopped.set()) for number in signals]
    try:
        with gateway:
            print(_introduction(gateway), flush=True)
            # With a timeout, as on Windows Ctrl+C does not end a wait without one.
            while not stopped.wait(0.5):
                pass
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _introduction(gateway: DemoGateway) -> str:
    keys = gateway.keys()
    lines = [f"The demo gateway answers at {gateway.url} until Ctrl+C.", ""]
    for account in gateway.accounts():
        sub_account = (
            f", sub-account {account.sub_account}" if account.sub_account else ""
        )
        lines.append(f"  {account.name}: key {keys[account.id]}{sub_account}")
    first = json.dumps({"api_key": next(iter(keys.values()))})
    header = "Content-Type: application/json"
    curl = f"curl -H '{header}' -d '{first}' {gateway.url}{_ACCOUNT}"
    return "\n".join([*lines, "", f"Panel: {gateway.url}{_WEBSITE}", "", curl])
