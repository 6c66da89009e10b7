"""Messages are values: compared and shown by their fields, and never changed."""

from dataclasses import FrozenInstanceError, field

import pytest

from trayapp.core.message import message


@message
class Opened:
    """A message with a default, and one that is made anew for each."""

    account_id: str
    at_icon: bool = False
    names: tuple[str, ...] = field(default_factory=tuple)


@message
class Closed:
    """Another class with the same first field."""

    account_id: str
    at_icon: bool = False
    names: tuple[str, ...] = ()


def test_messages_are_equal_if_class_and_fields_are() -> None:
    """Equal ones have one hash; a message of another class is another message."""
    assert Opened("a", at_icon=True) == Opened("a", at_icon=True)
    assert Opened("a") != Opened("a", at_icon=True)
    assert Opened("a") != Closed("a")  # type: ignore[comparison-overlap]  # mypy knows
    assert len({Opened("a"), Opened("a"), Opened("b"), Closed("a")}) == 3


def test_a_message_shows_its_class_and_fields() -> None:
    """A log entry and a failed test name what was sent."""
    assert repr(Opened("a")) == "Opened(account_id='a', at_icon=False, names=())"


def test_a_message_is_matched_by_its_fields_in_their_order() -> None:
    """The dispatch of events and requests relies on it."""
    match Opened("a", at_icon=True):
        case Opened(account_id, at_icon):
            assert (account_id, at_icon) == ("a", True)


def test_a_message_can_be_neither_changed_nor_extended() -> None:
    """Two threads may hold it at the same moment."""
    opened = Opened("a")
    with pytest.raises(FrozenInstanceError):
        opened.account_id = "b"  # type: ignore[misc]  # that is the point
    with pytest.raises((AttributeError, TypeError)):
        opened.more = 1  # type: ignore[attr-defined]  # that is the point
