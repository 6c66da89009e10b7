"""A command says on a terminal what it waits for."""

import io
import threading
from types import SimpleNamespace

import pytest

from fakes.terminal import TerminalStream
from tooling.processes import wait_until
from trayapp.cli import waiting
from trayapp.cli.waiting import GATEWAY, KEYRING, announced_wait
from trayapp.core.i18n.language import ENGLISH
from trayapp.services.files.catalogs import catalog

pytestmark = pytest.mark.case("9", "waiting without a word")
PATIENCE_S = 10.0


def test_each_sentence_is_printed_once(terminal: TerminalStream) -> None:
    """The keyring may be slow first, and the gateway afterwards."""
    purpose = KEYRING
    with announced_wait(ENGLISH, lambda: purpose):
        wait_until(lambda: KEYRING in terminal.getvalue(), "a sentence", PATIENCE_S)
        purpose = GATEWAY
        wait_until(lambda: GATEWAY in terminal.getvalue(), "a sentence", PATIENCE_S)
        purpose = KEYRING
    assert terminal.getvalue().splitlines() == [KEYRING, GATEWAY]
    assert "waiting" not in {thread.name for thread in threading.enumerate()}


def test_a_short_wait_is_silent(
    terminal: TerminalStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most waits end before anybody wonders."""
    monkeypatch.setattr(waiting, "_SILENT_S", PATIENCE_S)
    with announced_wait(ENGLISH, KEYRING):
        pass
    assert terminal.getvalue() == ""


def test_the_silence_is_shorter_than_two_seconds() -> None:
    """Then a person begins to wonder."""
    assert waiting._SILENT_S < 2  # noqa: SLF001  # the limit itself is what counts


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_without_a_terminal_nothing_is_printed(
    stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cron would send it by mail."""
    monkeypatch.setattr(waiting, "_SILENT_S", 0.0)
    monkeypatch.setattr(waiting, "sys", SimpleNamespace(stderr=stream))
    with announced_wait(ENGLISH, KEYRING):
        assert "waiting" not in {thread.name for thread in threading.enumerate()}


def test_the_sentence_is_in_the_persons_language() -> None:
    """It is translated like all others."""
    assert catalog("de").gettext(KEYRING) != KEYRING
