"""What a person can choose."""

from datetime import timedelta

import pytest

from trayapp.core.settings import Settings


def test_the_default_is_a_question_every_quarter_of_an_hour() -> None:
    """Slow enough for any gateway, soon enough to act."""
    assert Settings().interval == timedelta(minutes=15)


@pytest.mark.parametrize("minutes", [4.99, 0, -5, 24 * 60 + 1])
def test_an_interval_out_of_bounds_is_refused(minutes: float) -> None:
    """Neither flooding the gateway nor never asking can be set."""
    with pytest.raises(ValueError, match="5 minutes to 24 hours"):
        Settings(interval=timedelta(minutes=minutes))
