"""What has stopped is started again: soon, ever later, not for ever at once."""

from itertools import pairwise

from trayapp.core.restarts import AT_MOST, RestartBackoff

HOUR = 3_600.0


def restart(restarts: RestartBackoff, now: float) -> tuple[RestartBackoff, float]:
    """Wait as long as it says, and start again; give the time then."""
    then = now + restarts.wait(now)
    return restarts.plus(then), then


def test_the_first_restart_is_soon() -> None:
    """A person hardly sees that the icon is grey."""
    assert RestartBackoff().wait(1_000.0) == 5.0


def test_each_further_one_within_the_hour_is_later() -> None:
    """Twice as late as the one before."""
    restarts, now, waits = RestartBackoff(), 0.0, []
    for _ in range(AT_MOST):
        waits.append(restarts.wait(now))
        restarts, now = restart(restarts, now)
    assert waits == [5.0, 10.0, 20.0, 40.0, 80.0]


def test_there_are_five_in_an_hour_at_most() -> None:
    """Whatever hour one looks at, in a day of faults that come back at once."""
    restarts, now, starts = RestartBackoff(), 0.0, []
    while now < 24 * HOUR:
        restarts, now = restart(restarts, now)
        starts.append(now)
    assert len(starts) > 24
    for start in starts:
        assert sum(start <= one < start + HOUR for one in starts) <= AT_MOST
    assert max(after - before for before, after in pairwise(starts)) <= HOUR


def test_after_a_quiet_hour_it_is_soon_again() -> None:
    """What happened yesterday says nothing about today."""
    restarts, now = RestartBackoff(), 0.0
    for _ in range(AT_MOST):
        restarts, now = restart(restarts, now)
    assert restarts.wait(now + HOUR) == 5.0
