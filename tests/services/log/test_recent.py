"""The last warnings and faults are kept without keys, and each fault is reported."""

import logging
from collections.abc import Iterator

import pytest

from tally import FAULTS, Tally
from trayapp.core.errors import Failure, InternalFault
from trayapp.core.secret import Secret
from trayapp.services.log.log_file import Redactor
from trayapp.services.log.recent import MAX_ENTRIES, RecentErrors

KEY = "made-up-key-0123456789"


class RecentScene:
    """A logger whose only handler is a `RecentErrors`."""

    def __init__(self) -> None:
        self.reported: list[Failure] = []
        redactor = Redactor()
        redactor.add_key(Secret(KEY))
        self.recent = RecentErrors(redactor, self.reported.append)
        self.log = logging.getLogger("trayapp.tested")
        self.log.propagate = False
        self.log.setLevel(logging.DEBUG)
        self.log.addHandler(self.recent)

    def fail(self) -> None:
        """Log a fault whose own text holds the key."""
        try:
            int(KEY)
        except ValueError:
            self.log.exception("asking with %s failed", KEY)


@pytest.fixture
def scene() -> Iterator[RecentScene]:
    """Make a logger, and restore it after the test."""
    scene = RecentScene()
    yield scene
    scene.log.removeHandler(scene.recent)
    scene.log.propagate = True
    scene.log.setLevel(logging.NOTSET)


def test_only_warnings_and_errors_are_kept(scene: RecentScene) -> None:
    """An entry has its time and the logger's name."""
    scene.log.info("all is well")
    scene.log.warning("the disk is %s", "full")
    (entry,) = scene.recent.entries
    assert entry.endswith("WARNING trayapp.tested: the disk is full")
    assert entry[:4].isdigit()


def test_only_the_last_entries_are_kept(scene: RecentScene) -> None:
    """A year of warnings needs no more memory."""
    for number in range(MAX_ENTRIES * 3):
        scene.log.warning("%d", number)
    assert len(scene.recent.entries) == MAX_ENTRIES
    assert scene.recent.entries[-1].endswith(str(MAX_ENTRIES * 3 - 1))


def test_the_entry_of_a_fault_has_its_line_but_not_its_text(
    scene: RecentScene, tally: Tally
) -> None:
    """The text may quote anything, and the key is removed."""
    scene.fail()
    (entry,) = scene.recent.entries
    assert "asking with [key] failed (ValueError at test_recent.py:" in entry
    assert KEY not in entry
    assert "invalid literal" not in entry
    tally.add(FAULTS)


def test_a_fault_is_reported_and_a_warning_is_not(
    scene: RecentScene, tally: Tally
) -> None:
    """An error without an exception is not reported either."""
    scene.log.warning("the disk is full")
    scene.log.error("the disk is gone")
    assert scene.reported == []
    scene.fail()
    assert scene.reported == [Failure(InternalFault, "ValueError")]
    tally.add(FAULTS)


def test_after_close_nothing_is_reported(scene: RecentScene) -> None:
    """The window may be gone."""
    scene.recent.close()
    scene.fail()
    assert scene.reported == []
    assert len(scene.recent.entries) == 1


def test_the_report_itself_may_fail(
    scene: RecentScene, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """Its fault is not logged again, which would not end."""
    monkeypatch.setattr(logging, "raiseExceptions", False)  # as the program does

    def fail(_: Failure) -> None:
        raise RuntimeError

    scene.recent._report = fail  # noqa: SLF001  # the window is just closing
    scene.fail()
    assert len(scene.recent.entries) == 1
    tally.add(FAULTS)
