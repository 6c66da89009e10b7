"""The last warnings and faults: kept at hand, without a key, and told once."""

import logging
from collections.abc import Iterator

import pytest

from tally import FAULTS, Tally
from trayapp.core.errors import Failure, InternalFault
from trayapp.core.secret import Secret
from trayapp.services.log.log_file import Redactor
from trayapp.services.log.recent import KEPT, RecentErrors

KEY = "made-up-key-0123456789"


class Scene:
    """A logger that ends in a `RecentErrors` alone."""

    def __init__(self) -> None:
        self.told: list[Failure] = []
        redactor = Redactor()
        redactor.add_key(Secret(KEY))
        self.recent = RecentErrors(redactor, self.told.append)
        self.log = logging.getLogger("trayapp.tested")
        self.log.propagate = False
        self.log.setLevel(logging.DEBUG)
        self.log.addHandler(self.recent)

    def burst(self) -> None:
        """Log a fault whose own text holds the key."""
        try:
            int(KEY)
        except ValueError:
            self.log.exception("asking with %s failed", KEY)


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give a logger, and leave it as it was."""
    scene = Scene()
    yield scene
    scene.log.removeHandler(scene.recent)
    scene.log.propagate = True
    scene.log.setLevel(logging.NOTSET)


def test_warnings_are_kept_and_nothing_less(scene: Scene) -> None:
    """With their time and where they come from."""
    scene.log.info("all is well")
    scene.log.warning("the disk is %s", "full")
    (entry,) = scene.recent.entries
    assert entry.endswith("WARNING trayapp.tested: the disk is full")
    assert entry[:4].isdigit()


def test_only_the_last_are_kept(scene: Scene) -> None:
    """A year of warnings is not a year of memory."""
    for number in range(KEPT * 3):
        scene.log.warning("%d", number)
    assert len(scene.recent.entries) == KEPT
    assert scene.recent.entries[-1].endswith(str(KEPT * 3 - 1))


def test_of_a_fault_its_origin_is_kept_and_not_its_text(
    scene: Scene, tally: Tally
) -> None:
    """The text may quote anything; the key is in neither."""
    scene.burst()
    (entry,) = scene.recent.entries
    assert "asking with [key] failed (ValueError at test_recent.py:" in entry
    assert KEY not in entry
    assert "invalid literal" not in entry
    tally.add(FAULTS)


def test_a_fault_is_told_and_a_warning_is_not(scene: Scene, tally: Tally) -> None:
    """Nor is an error that nobody raised."""
    scene.log.warning("the disk is full")
    scene.log.error("the disk is gone")
    assert scene.told == []
    scene.burst()
    assert scene.told == [Failure(InternalFault, "ValueError")]
    tally.add(FAULTS)


def test_after_the_end_nothing_is_told(scene: Scene) -> None:
    """The window may be gone."""
    scene.recent.close()
    scene.burst()
    assert scene.told == []
    assert len(scene.recent.entries) == 1


def test_whoever_is_told_may_fail(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """That is not logged again, here, without end."""
    monkeypatch.setattr(logging, "raiseExceptions", False)  # as the program does

    def deaf(_: Failure) -> None:
        raise RuntimeError

    scene.recent._tell = deaf  # noqa: SLF001  # the window is gone in the middle
    scene.burst()
    assert len(scene.recent.entries) == 1
    tally.add(FAULTS)
