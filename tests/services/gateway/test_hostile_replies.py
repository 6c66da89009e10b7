"""Hostile and broken replies over real sockets: what each means, and costs."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gateways.certificates import serving
from gateways.replies import KEY, reply
from hostile.case import DEADLINE_S, DOWN, INSECURE, MOST_MEMORY, NOON, ReplyTester
from hostile.floods import BOMBS, FLOODS
from hostile.oddities import ACCEPTED
from hostile.replies import QUICK
from hostile.silence import SLOW
from hostile.tls import (
    AFTER_HANDSHAKE,
    CERTIFICATES,
    HANDSHAKES,
    HOST,
    speaking_tls_1_0,
)
from tally import REPLIES
from trayapp.core.balance import Reading
from trayapp.core.errors.status import Status
from trayapp.core.schedule import LONGEST_WAIT, Plan, plan_after
from trayapp.services.history.store import HistoryStore

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path

    import trustme

    from gateways.peer import Answer
    from hostile.case import HostileExchange
    from tally import Tally

trusts_by_environment = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system's own trust store counts"
)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[HistoryStore]:
    """Open an empty history."""
    with HistoryStore(tmp_path / "history.sqlite3") as opened:
        yield opened


def meet(
    answer: Answer,
    history: HistoryStore | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    at: str = "{url}",
) -> HostileExchange:
    """Receive one reply between two good ones."""

    async def polls() -> HostileExchange:
        onlooker = ReplyTester(history)
        met = await onlooker.try_reply(answer, tls=tls, at=at)
        await onlooker.close()
        return met

    return asyncio.run(polls())


@pytest.mark.parametrize("name", QUICK)
def test_a_bad_reply_names_its_cause(
    name: str, history: HistoryStore, tally: Tally
) -> None:
    """The last balance is kept, and the next good reply is accepted."""
    verdict, answer = QUICK[name]
    meet(answer, history).assert_harmless(verdict)
    tally.add(REPLIES)


@pytest.mark.parametrize("name", [*BOMBS, *FLOODS])
def test_a_huge_reply_is_left_unread(name: str, tally: Tally) -> None:
    """A reply of 300 MB, or one that unpacks to that, costs neither memory nor time."""
    verdict, answer = (BOMBS | FLOODS)[name]
    meet(answer).assert_harmless(verdict)
    tally.add(REPLIES)


@pytest.fixture(scope="module")
def slow() -> dict[str, HostileExchange]:
    """Receive all slow replies side by side; one after the other takes 30 seconds."""

    async def polls() -> list[HostileExchange]:
        onlooker = ReplyTester()
        met = await asyncio.gather(
            *(onlooker.try_reply(answer) for _, answer in SLOW.values())
        )
        await onlooker.close()
        return met

    return dict(zip(SLOW, asyncio.run(polls()), strict=True))


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_reply_ends_with_the_deadline(
    name: str, slow: dict[str, HostileExchange], tally: Tally
) -> None:
    """The client ends the request, however the server spends the time."""
    verdict, _ = SLOW[name]
    slow[name].assert_harmless(verdict)
    tally.add(REPLIES)


# --- TLS --------------------------------------------------------------------------


@trusts_by_environment
@pytest.mark.parametrize("name", CERTIFICATES)
def test_a_server_with_a_bad_certificate_receives_no_key(
    name: str, trusted: trustme.CA, tally: Tally
) -> None:
    """It receives nothing at all, and the detail names the reason."""
    reason, context = CERTIFICATES[name]
    met = meet(reply(), tls=context(trusted))
    met.assert_harmless(INSECURE)
    assert reason in met.detail
    assert met.received == b""
    tally.add(REPLIES)


@pytest.mark.parametrize("name", HANDSHAKES)
def test_no_key_is_sent_without_tls(name: str, tally: Tally) -> None:
    """A server without TLS receives a TLS greeting and nothing else."""
    verdict, answer = HANDSHAKES[name]
    met = meet(answer, at="https://127.0.0.1:{port}")
    met.assert_harmless(verdict)
    assert KEY.encode() not in met.received
    assert b"api_key" not in met.received
    tally.add(REPLIES)


@trusts_by_environment
@pytest.mark.parametrize("name", AFTER_HANDSHAKE)
def test_tls_that_fails_after_the_handshake_is_no_certificate_problem(
    name: str, trusted: trustme.CA, tally: Tally
) -> None:
    """The key may have been sent by then, so no message may deny that."""
    verdict, answer = AFTER_HANDSHAKE[name]
    context = serving(trusted.issue_cert(HOST))
    meet(answer(context), at="https://127.0.0.1:{port}").assert_harmless(verdict)
    tally.add(REPLIES)


@trusts_by_environment
def test_tls_1_0_is_not_spoken(trusted: trustme.CA, tally: Tally) -> None:
    """A server that can do nothing newer hears no key, for all its good certificate."""
    answer = speaking_tls_1_0(serving(trusted.issue_cert(HOST)))
    met = meet(answer, at="https://127.0.0.1:{port}")
    met.assert_harmless(INSECURE)
    assert "PROTOCOL_VERSION" in met.detail
    tally.add(REPLIES)


@trusts_by_environment
def test_good_tls_is_accepted(trusted: trustme.CA, tally: Tally) -> None:
    """It proves that the other tests fail because of the bad certificates."""
    met = meet(reply(), tls=serving(trusted.issue_cert(HOST)))
    assert met.during.status is Status.OK
    assert KEY.encode() in met.received
    tally.add(REPLIES)


# --- oddities, and Retry-After ----------------------------------------------------


@pytest.mark.parametrize("name", ACCEPTED)
def test_an_odd_but_clear_reply_is_accepted(
    name: str, history: HistoryStore, tally: Tally
) -> None:
    """Its meaning is certain, so the window shows the balance."""
    amount, state, answer = ACCEPTED[name]
    met = meet(answer, history)
    assert isinstance(met.bad.result, Reading)
    assert (met.card.amount, met.during.status) == (amount, state)
    assert met.card.problem is None
    assert met.took_s < DEADLINE_S + 1
    assert met.memory_growth < MOST_MEMORY
    assert met.after.status is Status.OK
    tally.add(REPLIES)


USUAL = timedelta(minutes=15)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NOT_NOW = ("429 Too Many Requests", "503 Busy")


def assert_waits(status: str, value: str, wait: timedelta, *, held: bool) -> None:
    """Receive this Retry-After, and check when the schedule polls next."""
    met = meet(reply("Busy", status, "text/html", Retry_After=value))
    met.assert_harmless(DOWN)
    plan = plan_after(Plan(NOON), met.bad, USUAL, jitter=0)
    if status.startswith("429") and not held:
        wait, held = MINUTE, True
    assert abs(plan.due - NOON - wait) < timedelta(seconds=10)
    assert (plan.failures, plan.must_persist) == (1, held)


@pytest.mark.parametrize("status", NOT_NOW)
@pytest.mark.parametrize(
    ("value", "wait", "held"),
    [
        ("0", MINUTE, True),
        ("120", 2 * MINUTE, True),
        ("3600", HOUR, True),
        (" 3600 ", HOUR, True),
        ("21601", LONGEST_WAIT, True),
        ("99999999999", LONGEST_WAIT, True),
        ("9" * 20, LONGEST_WAIT, True),
        ("9" * 5_000, USUAL, False),
        ("-5", USUAL, False),
        ("-99999999999", USUAL, False),
        ("+3600", USUAL, False),
        ("3600.5", USUAL, False),
        ("1e9", USUAL, False),
        ("3_600", USUAL, False),
        ("²", USUAL, False),
        ("٣٦٠٠", USUAL, False),
        ("soon", USUAL, False),
        ("", USUAL, False),
        ("3600, 60", USUAL, False),
        (KEY, USUAL, False),
        ("Fri, 31 Dec 9999 23:59:59 -2359", LONGEST_WAIT, True),
        ("Sun, 06 Nov 1994 08:49:37 GMT", USUAL, False),
        ("Mon, 01 Jan 0001 00:00:00 +2359", USUAL, False),
        ("Fri, 99 Jan 2030 99:99:99 GMT", USUAL, False),
        ("Fri, 01 Jan 99999999999999999999 00:00:00 GMT", USUAL, False),
        ("Fri, 01 Jan 2030 00:00:00 +99999999999999999999", USUAL, False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_retry_after_is_followed_within_bounds(
    status: str, value: str, wait: timedelta, tally: Tally, *, held: bool
) -> None:
    """It is followed for six hours at most; an invalid one of a 429 means a minute."""
    assert_waits(status, value, wait, held=held)
    tally.add(REPLIES)


@pytest.mark.parametrize("status", NOT_NOW)
@pytest.mark.parametrize(
    ("written", "ahead", "wait", "held"),
    [
        ("%a, %d %b %Y %H:%M:%S GMT", HOUR, HOUR, True),
        ("%A, %d-%b-%y %H:%M:%S GMT", HOUR, HOUR, True),
        ("%a %b %d %H:%M:%S %Y", HOUR, HOUR, True),
        ("%a, %d %b %Y %H:%M:%S -0000", HOUR, HOUR, True),
        ("%a, %d %b %Y %H:%M:%S GMT", timedelta(days=9), LONGEST_WAIT, True),
        ("%a, %d %b %Y %H:%M:%S GMT", 2 * MINUTE, 2 * MINUTE, True),
        ("%a, %d %b %Y %H:%M:%S GMT", -HOUR, USUAL, False),
    ],
)
def test_retry_after_may_be_a_date(
    status: str,
    written: str,
    ahead: timedelta,
    wait: timedelta,
    tally: Tally,
    *,
    held: bool,
) -> None:
    """All three formats of RFC 9110 are read, and a past date delays nothing."""
    moment = datetime.now(UTC) + ahead
    assert_waits(status, f"{moment:{written}}", wait, held=held)
    tally.add(REPLIES)
