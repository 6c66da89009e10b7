"""A fault in one thing ends nothing beside it."""

import asyncio

import pytest

from trayapp.services.log.log_faults import log_faults


def test_a_fault_is_logged_and_ends_there(caplog: pytest.LogCaptureFixture) -> None:
    """Once, with what was being done and with its traceback."""
    done = []
    with log_faults("counting"):
        done.append(1 / 0)
    assert done == []
    (record,) = caplog.records
    assert (record.levelname, record.message) == ("ERROR", "counting failed")
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_no_fault_is_no_entry(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is said when nothing happens."""
    with log_faults("counting"):
        pass
    assert caplog.records == []


@pytest.mark.parametrize("error", [asyncio.CancelledError, KeyboardInterrupt])
def test_an_end_goes_through(error: type[BaseException]) -> None:
    """Quitting is no fault."""
    with pytest.raises(error), log_faults("waiting"):
        raise error
