"""A gateway on this computer alone that speaks the contract, for demos and tests."""

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
from trayapp.demo.accounts import STORIES, Story, TopUp
from trayapp.demo.server import HOST, Reply, Request, Server, status_page

_ACCOUNT: Final = "/api/3.0/account/get-balance"
_SUB_ACCOUNT: Final = "/api/3.0/subaccount/get-balance"
_PANEL: Final = "/panel"
_TOP_UP: Final = "/panel/top-up"
_LOOK_S: Final = 0.02
"""How often a reply that is held looks whether it may go."""
_REFUSALS: Final = {
    "UNAUTHORIZED": "Your API key may be invalid or your IP is blocked.",
    "JSON_PARSE_ERROR": "The JSON was incorrect, improper or incomplete.",
    "MISSING_PARAMS": "A mandatory parameter is missing.",
    "INVALID_CONTENT_TYPE": "The content type must be application/json.",
    "BAD_PARAMS": "There is no such sub-account.",
}
_PANEL_PAGE: Final = """\
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
_PANEL_ROW: Final = """
<tr><th align="left">{name}</th><td align="right">{amount} {unit}</td>
<td><form method="post" action="{action}">
<button name="account" value="{id}">Top up by {top_up} {unit}</button></form></td></tr>
"""


class DemoGateway:
    """The gateway and its panel, on a port of the loopback.

    It listens from its making on (`OSError` if the port is taken) and answers between
    `start` and `stop`, or inside a `with`; the stories begin with its making. `speed`
    is in seconds of the demo's time per second; `clock` counts real seconds.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._speed, self._began = clock, speed, clock()
        self._stories = list(STORIES)
        self._top_ups: dict[str, list[TopUp]] = {}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._server = Server(port, self._answer)
        self.url = f"http://{HOST}:{self._server.server_port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(_LOOK_S,),
            name="demo-gateway",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Free the port for good; who still waits for a reply is hung up on."""
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
        """Give the demo's accounts as the settings would hold them."""
        return tuple(
            Account(
                id=story.id,
                name=story.name,
                service=Service.CUSTOM,
                base_url=self.url,
                sub_account=story.sub_account,
                low_below=story.low_below,
                panel=self.url + _PANEL,
            )
            for story in STORIES
        )

    def keys(self) -> dict[str, str]:
        """Give the accounts' keys by account id; a sub-account's is its parent's."""
        return {story.id: story.key for story in STORIES}

    def past(self, account_id: str, hours: int) -> list[Balance]:
        """Give the balance at the full hours before now, the oldest first."""
        story = {story.id: story for story in self._stories}[account_id]
        return [Balance(amount, story.unit) for amount in story.past(hours)]

    def top_up(self, account_id: str) -> None:
        """Buy credit, as the panel's button does; `KeyError` for no such account."""
        story = {story.id: story for story in self._stories}[account_id]
        bought = TopUp(self._elapsed(), story.top_up)
        self._top_ups.setdefault(account_id, []).append(bought)

    def _elapsed(self) -> float:
        return (self._clock() - self._began) * self._speed

    def _accepts(self, key: str) -> bool:
        elapsed = self._elapsed()
        return any(one.key == key and one.accepts(elapsed) for one in self._stories)

    def _amount(self, story: Story) -> tuple[str, str]:
        """Give what is left, as it goes over the wire, and its unit."""
        top_ups = tuple(self._top_ups.get(story.id, ()))
        return f"{story.balance(self._elapsed(), top_ups):.4f}", story.unit

    def _hold_while(self, reason: Callable[[], bool], request: Request) -> bool:
        """Keep a reply back; False if there is nobody left to send it to."""
        while reason():
            if request.gone() or self._stopping.wait(_LOOK_S):
                return False
        return True

    def _answer(self, request: Request) -> Reply | None:
        if request.path in {_ACCOUNT, _SUB_ACCOUNT}:
            if request.method != "POST":
                return status_page(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "POST"})
            return self._answer_api(request)
        if (request.method, request.path) == ("GET", _PANEL):
            return Reply(HTTPStatus.OK, self._panel())
        if (request.method, request.path) == ("POST", _TOP_UP):
            form = parse_qs(request.body.decode("utf-8", "replace"))
            try:
                self.top_up(form["account"][0])
            except KeyError:
                return status_page(HTTPStatus.NOT_FOUND)
            return status_page(HTTPStatus.SEE_OTHER, {"Location": _PANEL})
        return status_page(HTTPStatus.NOT_FOUND)

    def _answer_api(self, request: Request) -> Reply | None:
        if request.content_type != "application/json":
            return _refusal("INVALID_CONTENT_TYPE")
        try:
            question = json.loads(request.body)
        except (ValueError, RecursionError):
            return _refusal("JSON_PARSE_ERROR")
        if not isinstance(question, dict):
            return _refusal("JSON_PARSE_ERROR")
        key, user_name = question.get("api_key"), question.get("user_name")
        if request.path == _ACCOUNT:
            user_name = ""
        elif not user_name:
            return _refusal("MISSING_PARAMS")
        if not key or not isinstance(key, str) or not isinstance(user_name, str):
            return _refusal("MISSING_PARAMS")
        return self._answer_key(request, key, user_name)

    def _answer_key(self, request: Request, key: str, user_name: str) -> Reply | None:
        if not self._accepts(key):
            return _refusal("UNAUTHORIZED")
        owned = {one.sub_account: one for one in self._stories if one.key == key}
        story = owned.get(user_name)
        if story is None:
            return _refusal("BAD_PARAMS")
        until = self._clock() + story.delay_s
        if not self._hold_while(lambda: self._clock() < until, request):
            return None
        balance, currency = self._amount(story)
        result = {"balance": balance, "currency": currency}
        return _json(HTTPStatus.OK, {"status": "ok", "result": result})

    def _panel(self) -> str:
        rows = []
        for story in self._stories:
            amount, unit = self._amount(story)
            shown = {
                "id": story.id,
                "name": story.name,
                "amount": amount,
                "unit": unit,
                "top_up": f"{story.top_up:f}",
                "action": _TOP_UP,
            }
            escaped = {name: html.escape(text) for name, text in shown.items()}
            rows.append(_PANEL_ROW.format_map(escaped))
        return _PANEL_PAGE.format(rows="".join(rows))


def _json(status: HTTPStatus, reply: dict[str, object]) -> Reply:
    return Reply(status, json.dumps(reply), "application/json")


def _refusal(error_id: str) -> Reply:
    unauthorized = error_id == "UNAUTHORIZED"
    return _json(
        HTTPStatus.UNAUTHORIZED if unauthorized else HTTPStatus.BAD_REQUEST,
        {"status": "error", "error_id": error_id, "error_msg": _REFUSALS[error_id]},
    )


def serve_forever(port: int, speed: float) -> None:
    """Run the demo gateway in the foreground until Ctrl+C or SIGTERM.

    Prints where it is and how to ask it, keys too: they open nothing. Raises
    `SystemExit` with a sentence if the port can't be had. For the main thread alone.
    """
    try:
        gateway = DemoGateway(port=port, speed=speed)
    except (OSError, OverflowError) as error:
        message = f"The demo gateway can't listen on port {port}: {error}"
        raise SystemExit(message) from None
    enough = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, lambda *_: enough.set()) for one in signals]
    try:
        with gateway:
            print(_introduction(gateway), flush=True)
            # With a timeout, because on Windows Ctrl+C does not end a wait without.
            while not enough.wait(0.5):
                pass
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)


def _introduction(gateway: DemoGateway) -> str:
    keys = gateway.keys()
    lines = [f"The demo gateway answers at {gateway.url} until Ctrl+C.", ""]
    for account in gateway.accounts():
        asked_for = (
            f", sub-account {account.sub_account}" if account.sub_account else ""
        )
        lines.append(f"  {account.name}: key {keys[account.id]}{asked_for}")
    first = json.dumps({"api_key": next(iter(keys.values()))})
    header = "Content-Type: application/json"
    curl = f"curl -H '{header}' -d '{first}' {gateway.url}{_ACCOUNT}"
    return "\n".join([*lines, "", f"Panel: {gateway.url}{_PANEL}", "", curl])
