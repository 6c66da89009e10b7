"""The page for notifications: which come, and when."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QTime
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QTimeEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from trayapp.core.alerts.kinds import KINDS
from trayapp.core.errors import Failure, NotificationsUnseen
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.settings import AlertKind, QuietHours, Settings
from trayapp.core.view.account_text import problem
from trayapp.ui.intents import SendTestNotification
from trayapp.ui.settings.notification_page import NotificationPage
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]


@pytest.fixture
def page(qtbot: QtBot) -> NotificationPage:
    """Return the page with the default settings."""
    one = NotificationPage(Settings(), ENGLISH)
    qtbot.addWidget(one)
    one.show()
    return one


def chosen(page: NotificationPage, setting: str) -> Any:  # noqa: ANN401  # of the setting's own type
    """Return the value of a setting on the page."""
    return page.fields[setting].value()


def box(page: NotificationPage, name: str) -> QCheckBox:
    """Return the check box of this name."""
    boxes = page.findChildren(QCheckBox)
    return next(one for one in boxes if one.accessibleName() == name)


def part(page: NotificationPage, name: str) -> QWidget:
    """Return the list or time field of this name."""
    parts = [*page.findChildren(QComboBox), *page.findChildren(QTimeEdit)]
    return next(one for one in parts if one.accessibleName() == name)


def test_each_choice_says_what_it_is_for(page: NotificationPage, words: Words) -> None:
    """The help text is visible and accessible; a box's name comes first."""
    said = {one.accessibleDescription() for one in page.findChildren(QCheckBox)}
    for one in page.findChildren(QComboBox):
        name, _, advice = one.accessibleDescription().partition(". ")
        assert name == one.accessibleName()
        said.add(advice)
    assert said <= set(words(page))
    assert all(one.endswith(".") for one in said)


def test_a_test_that_nobody_takes_says_so(
    page: NotificationPage, words: Words, buttons: Buttons
) -> None:
    """The problem is shown as soon as it is known, and until it is solved."""
    unseen = problem(Failure(NotificationsUnseen), ENGLISH)
    page.show_unseen(unseen)
    assert not any(unseen.title in one for one in words(page)), "nobody asked"
    page.show_unseen(None)
    buttons(page)["Test notification"].click()
    assert any(one.startswith("Sent.") for one in words(page))
    page.show_unseen(unseen)
    (told,) = (one for one in words(page) if unseen.title in one)
    assert unseen.advice in told
    assert not any(one.startswith("Sent.") for one in words(page))
    page.show_unseen(None)
    assert any(one.startswith("Sent.") for one in words(page))


def test_the_defaults_come_back_as_they_were(page: NotificationPage) -> None:
    """They have no quiet hours and no reminder."""
    default = Settings()
    assert chosen(page, "alert_kinds") == default.alert_kinds
    assert chosen(page, "unreachable_after") == default.unreachable_after
    assert (chosen(page, "quiet"), chosen(page, "reminder")) == (None, None)


@pytest.mark.parametrize("kind", AlertKind)
def test_each_kind_is_turned_on_and_off(
    page: NotificationPage, kind: AlertKind
) -> None:
    """Each kind has a box of its own, with the label of its record."""
    before = chosen(page, "alert_kinds")
    box(page, KINDS[kind].option_label.replace("&", "")).click()
    assert chosen(page, "alert_kinds") ^ before == {kind}


def test_the_boxes_stand_in_the_order_of_the_enum(page: NotificationPage) -> None:
    """The commonest kinds are first."""
    names = [one.accessibleName() for one in page.findChildren(QCheckBox)]
    labels = [KINDS[kind].option_label.replace("&", "") for kind in AlertKind]
    assert [name for name in names if name in labels] == labels
    assert labels[:2] == ["Low balance", "Runs out soon"]


def test_quiet_hours_may_pass_midnight(page: NotificationPage) -> None:
    """A night is proposed; its times are disabled until the box is checked."""
    start, end = part(page, "Quiet hours begin"), part(page, "Quiet hours end")
    assert not start.isEnabled()
    box(page, "Quiet hours from").click()
    assert start.isEnabled()
    assert chosen(page, "quiet") == QuietHours(time(22), time(7))
    assert isinstance(end, QTimeEdit)
    end.setTime(QTime(6, 45))
    assert chosen(page, "quiet") == QuietHours(time(22), time(6, 45))


def test_a_reminder_has_a_time_between(page: NotificationPage) -> None:
    """It is off by default; a day is proposed."""
    box(page, "Remind me while the balance is low, every").click()
    assert chosen(page, "reminder") == timedelta(hours=24)
    every = part(page, "Time between two reminders")
    assert isinstance(every, QComboBox)
    every.setCurrentText("2 days")
    assert chosen(page, "reminder") == timedelta(days=2)


def test_how_long_is_unreachable_can_be_chosen(page: NotificationPage) -> None:
    """The list is disabled while its box is not checked."""
    patience = part(page, "Unreachable for longer than")
    assert isinstance(patience, QComboBox)
    patience.setCurrentText("12 hours")
    assert chosen(page, "unreachable_after") == timedelta(hours=12)
    box(page, "Unreachable for longer than").click()
    assert not patience.isEnabled()


def test_the_tab_key_goes_from_a_box_to_what_stands_beside_it(
    page: NotificationPage,
) -> None:
    """The order is that of the screen."""
    name = "Unreachable for longer than"
    assert box(page, name).nextInFocusChain() is part(page, name)


def test_what_is_not_obvious_is_explained(page: NotificationPage, words: Words) -> None:
    """The help text is accessible too."""
    drain = box(page, "Unusual spending").accessibleDescription()
    assert "a leaked key, a runaway script" in drain
    assert drain in words(page)


def test_a_notification_is_tried_out(
    page: NotificationPage, words: Words, buttons: Buttons
) -> None:
    """The advice for a missing notification is beside the button."""
    intents = collected(page.intent, object)
    buttons(page)["Test notification"].click()
    assert intents == [SendTestNotification()]
    assert any(text.startswith("Sent.") for text in words(page))
