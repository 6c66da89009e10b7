"""A fault in the block is logged, and the code after it goes on."""

import asyncio

import pytest

from trayapp.services.log.log_faults import log_faults


def test_a_fault_is_logged_and_suppressed(caplog: pytest.LogCaptureFixture) -> None:
    """The one record names the task and has the traceback."""
    results = []
    with log_faults("counting"):
        results.append(1 / 0)
    assert results == []
    (record,) = caplog.records
    assert (record.levelname, record.message) == ("ERROR", "counting failed")
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_without_a_fault_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The block just runs."""
    with log_faults("counting"):
        pass
    assert caplog.records == []


@pytest.mark.parametrize("error", [asyncio.CancelledError, KeyboardInterrupt])
def test_a_cancellation_passes(error: type[BaseException]) -> None:
    """Quitting is no fault."""
    with pytest.raises(error), log_faults("waiting"):
        raise error
