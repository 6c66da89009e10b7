"""One real round of each scene: the floor and the program, with a real keyring."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import check, growth, idle, start
from bench.context import KEY, Scene, Till
from bench.report import CHECKOUT, FLOOR, HTTPX, Book
from bench.session import Ears, Stage
from bench.subjects import Subject, add_account
from desktop.scripted_gateway import ScriptedGateway

pytestmark = pytest.mark.e2e

PYTHON = Path(sys.executable)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Set the stage, with an account."""
    for module in (growth, idle):
        monkeypatch.setattr(module, "PYTHON", PYTHON)  # there may be no copy of it
    file = Path(start.__file__).with_name("floor.py")
    floor = Subject(FLOOR, (PYTHON, file))
    ours = Subject(CHECKOUT, (PYTHON, "-m", "trayapp"), arguments=("--minimized",))
    with Stage() as stage, Ears(stage.bus) as ears, ScriptedGateway() as gateway:
        till = Till(gateway)
        add_account(ours, stage, till.url, KEY)
        yield Scene(Book(), stage, ears, till, [floor, ours], runs=1, quick=True)


def test_a_start_has_a_figure_for_everything(scene: Scene) -> None:
    """From the icon over the balance and the window to the end."""
    start.measure(scene)

    book = scene.book
    assert book.notes == []
    assert book.subjects("tray") == [FLOOR, CHECKOUT]
    for figure in start.FIGURES:
        assert len(book.samples(figure.id, CHECKOUT)) == 1, figure.id
    (tray,), (balance,) = (book.samples(one, CHECKOUT) for one in ("tray", "balance"))
    assert 0 < tray < balance


def test_idling_and_asking_are_told_apart(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is done while nobody looks, and what a question costs on top of it."""
    monkeypatch.setattr(idle, "SETTLE_S", 0.1)
    monkeypatch.setattr(idle, "WINDOW_S", 0.1)

    idle.measure(scene)

    book = scene.book
    for figure in idle.FIGURES:
        assert len(book.samples(figure.id, CHECKOUT)) == 1, figure.id
    assert book.subjects("idle-cpu") == [FLOOR, CHECKOUT]
    (bare,), (whole,) = (book.samples("poll-cpu", one) for one in (HTTPX, CHECKOUT))
    assert 0 < bare < whole


def test_a_check_is_timed_and_looked_at(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has an answer of the gateway, and nothing of Qt."""
    monkeypatch.setattr(check, "forget_files", lambda: None)

    check.measure(scene)

    assert scene.book.samples("check-qt", CHECKOUT) == [0]
    assert scene.book.samples("check", CHECKOUT)[0] > 0


def test_accounts_are_asked_and_the_loop_is_listened_to(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the whole program, beside httpx alone."""
    monkeypatch.setattr(growth, "ACCOUNTS", (3,))

    growth.measure_accounts(scene)

    book = scene.book
    assert book.subjects("ask-3") == [HTTPX, CHECKOUT]
    for figure in ("stall-first-3", "stall-3", "stall-open-3", "window-3", "pss-3"):
        assert book.samples(figure, CHECKOUT)[0] > 0, figure


def test_a_long_history_is_started_with_and_opened(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until its chart is painted."""
    monkeypatch.setattr(growth, "READINGS", (500,))

    growth.measure_readings(scene)

    for figure in ("history", "window", "stall", "pss", "tray", "balance"):
        assert scene.book.samples(f"past-{figure}-500", CHECKOUT)[0] > 0, figure
