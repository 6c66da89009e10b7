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


class RecentErrorsHarness:
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
def harness() -> Iterator[RecentErrorsHarness]:
    """Make a logger, and restore it after the test."""
    harness = RecentErrorsHarness()
    yield harness
    harness.log.removeHandler(harness.recent)
    harness.log.propagate = True
    harness.log.setLevel(logging.NOTSET)


def test_only_warnings_and_errors_are_kept(harness: RecentErrorsHarness) -> None:
    """An entry has its time and the logger's name."""
    harness.log.info("all is well")
    harness.log.warning("the disk is %s", "full")
    (entry,) = harness.recent.entries
    assert entry.endswith("WARNING trayapp.tested: the disk is full")
    assert entry[:4].isdigit()


def test_only_the_last_entries_are_kept(harness: RecentErrorsHarness) -> None:
    """A year of warnings needs no more memory."""
    for number in range(MAX_ENTRIES * 3):
        harness.log.warning("%d", number)
    assert len(harness.recent.entries) == MAX_ENTRIES
    assert harness.recent.entries[-1].endswith(str(MAX_ENTRIES * 3 - 1))


def test_the_entry_of_a_fault_has_its_line_but_not_its_text(
    harness: RecentErrorsHarness, tally: Tally
) -> None:
    """The text may quote anything, and the key is removed."""
    harness.fail()
    (entry,) = harness.recent.entries
    assert "asking with [key] failed (ValueError at test_recent.py:" in entry
    assert KEY not in entry
    assert "invalid literal" not in entry
    tally.add(FAULTS)


def test_a_fault_is_reported_and_a_warning_is_not(
    harness: RecentErrorsHarness, tally: Tally
) -> None:
    """An error without an exception is not reported either."""
    harness.log.warning("the disk is full")
    harness.log.error("the disk is gone")
    assert harness.reported == []
    harness.fail()
    assert harness.reported == [Failure(InternalFault, "ValueError")]
    tally.add(FAULTS)


def test_after_close_nothing_is_reported(harness: RecentErrorsHarness) -> None:
    """The window may be gone."""
    harness.recent.close()
    harness.fail()
    assert harness.reported == []
    assert len(harness.recent.entries) == 1


def test_the_report_itself_may_fail(
    harness: RecentErrorsHarness, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """Its fault is not logged again, which would not end."""
    monkeypatch.setattr(logging, "raiseExceptions", False)  # as the program does

    def fail(_: Failure) -> None:
        raise RuntimeError

    harness.recent._report = fail  # noqa: SLF001  # the window is just closing
    harness.fail()
    assert len(harness.recent.entries) == 1
    tally.add(FAULTS)
