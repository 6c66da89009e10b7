"""The first run sets up an account in three steps, and can be left and continued."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QGroupBox,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from trayapp.core.account import Account, Service
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.balance import Balance
from trayapp.core.changes import KeyTest
from trayapp.core.errors import ConfigUnwritable, Failure, NoConnection
from trayapp.core.i18n.language import ENGLISH
from trayapp.core.secret import Secret
from trayapp.core.view.account_text import problem
from trayapp.core.view.first_run import Step
from trayapp.ui.first_run.dialog import FirstRun
from trayapp.ui.intents import (
    LeaveFirstRun,
    OpenWebsite,
    SaveFirstAccount,
    StartKeyTest,
)
from widgets.signals import collected

# Said by Qt wherever there is no screen.
pytestmark = pytest.mark.qt_log_ignore("does not support")

Words = Callable[[QWidget], list[str]]
Buttons = Callable[[QWidget], dict[str, QAbstractButton]]

KEY = "399d2b438a53ebed3db8a7d52107f846"
EUROS = Balance(Decimal("350.1200"), "EUR")
OUT_OF_REACH = problem(Failure(NoConnection), ENGLISH)
UNWRITABLE = problem(Failure(ConfigUnwritable), ENGLISH)


class FirstRunUser:
    """Operates the dialog by keyboard, and collects its intents."""

    def __init__(self, wizard: FirstRun) -> None:
        self.wizard = wizard
        self.key_tests = collected(wizard.intent, StartKeyTest)
        self.saves = collected(wizard.intent, SaveFirstAccount)
        self.left = collected(wizard.intent, LeaveFirstRun)

    @property
    def focus(self) -> QWidget:
        """The focused widget."""
        widget = self.wizard.focusWidget()
        assert widget is not None
        return widget

    def is_at(self, step: Step) -> bool:
        """Say whether this step is shown."""
        return self.wizard.step is step

    def press(self, key: Qt.Key) -> None:
        """Press a key without releasing it, as the dialog may close meanwhile."""
        QTest.keyPress(self.focus, key)

    def enter(self, text: str = "") -> None:
        """Replace the text of the focused field, and press Enter."""
        if text:
            assert isinstance(self.focus, QLineEdit)
            self.focus.selectAll()
            QTest.keyClicks(self.focus, text)
        self.press(Qt.Key.Key_Return)

    def line(self, name: str) -> QLineEdit:
        """Return the field of this name."""
        return next(
            one
            for one in self.wizard.findChildren(QLineEdit)
            if one.accessibleName() == name
        )

    def key_test(self) -> KeyTest:
        """Return the last key test."""
        return self.key_tests[-1].key_test

    def answered(self) -> None:
        """Show a balance as the result of the last key test."""
        self.wizard.show_key_test(self.key_test(), EUROS)

    def reach_limit(self) -> None:
        """Go to the last step."""
        self.enter()
        self.enter(KEY)
        self.answered()
        assert self.is_at(Step.LIMIT)


@pytest.fixture
def person(qtbot: QtBot) -> FirstRunUser:
    """Return a person at the first step."""
    wizard = FirstRun(ENGLISH, new_id=lambda: "new")
    qtbot.addWidget(wizard)
    with qtbot.waitActive(wizard):
        wizard.show()
    return FirstRunUser(wizard)


def saved(person: FirstRunUser) -> tuple[Account, Secret]:
    """Return the account and the key that are to be stored."""
    (intent,) = person.saves
    assert intent.key is not None
    return intent.account, intent.key


def test_enter_alone_leads_through(person: FirstRunUser) -> None:
    """The usual service, a suggested name and a suggested limit are preset."""
    assert person.is_at(Step.SERVICE)
    person.enter()
    assert person.is_at(Step.KEY)
    person.enter(KEY)
    assert person.is_at(Step.KEY), "it waits for the gateway"
    asked = person.key_test()
    assert asked.key is not None
    assert (asked.account.service, asked.key.reveal()) == (Service.SMSUP, KEY)
    person.answered()
    assert person.is_at(Step.LIMIT)
    person.enter()
    account, key = saved(person)
    assert account == Account("new", "SMSup", low_below=Decimal(35))
    assert key.reveal() == KEY
    assert not person.wizard.isEnabled()
    person.wizard.saved()
    assert not person.wizard.isVisible()
    assert len(person.left) == 0


def test_each_step_is_a_group_that_says_what_it_is(person: FirstRunUser) -> None:
    """A screen reader announces the group when the focus enters it."""
    found = person.wizard.findChildren(QGroupBox)
    groups = sorted(found, key=lambda one: one.accessibleName())
    assert [one.accessibleName() for one in groups] == [
        "Step 1 of 3: Where is your SMS account?",
        "Step 2 of 3: What is its API key?",
        "Step 3 of 3: When do you want to be warned?",
    ]
    assert all(one.accessibleDescription().endswith(".") for one in groups)
    for step in Step:
        assert groups[step - 1].isAncestorOf(person.focus)
        if step is Step.SERVICE:
            person.enter()
        elif step is Step.KEY:
            person.enter(KEY)
            person.answered()


def test_the_step_is_seen(person: FirstRunUser, words: Words) -> None:
    """The page shows its number and one question."""
    assert words(person.wizard)[:2] == ["Step 1 of 3", "Where is your SMS account?"]
    person.enter()
    assert words(person.wizard)[:2] == ["Step 2 of 3", "What is its API key?"]


def test_another_service_needs_an_address(person: FirstRunUser, words: Words) -> None:
    """Choosing it shows the field, and its error beside it."""
    address = person.line("Address")
    assert not address.isVisible()
    person.press(Qt.Key.Key_Down)
    assert not address.isVisible()
    person.press(Qt.Key.Key_Down)
    assert address.isVisible()
    person.enter()
    assert person.focus is address
    said = "Enter the service's address, such as https://api.example.com."
    assert said in words(person.wizard)
    assert address.accessibleDescription().startswith(said)
    person.enter("https://sms.example/")
    assert person.is_at(Step.KEY)
    assert person.line("Name").text() == "sms.example"
    person.enter(KEY)
    asked = person.key_test().account
    assert (asked.service, asked.base_url) == (Service.CUSTOM, "https://sms.example")


def test_the_website_is_opened_in_both_steps_that_mention_it(
    person: FirstRunUser, buttons: Buttons
) -> None:
    """The button opens the chosen service's website; a custom service has none."""
    pages = collected(person.wizard.intent, OpenWebsite)
    buttons(person.wizard)["Open the panel"].click()
    person.press(Qt.Key.Key_Down)
    person.enter()
    buttons(person.wizard)["Open the panel"].click()
    assert [page.url for page in pages] == [
        "https://app.smsup.es",
        "https://panel.smspubli.com",
    ]
    buttons(person.wizard)["Back"].click()
    person.press(Qt.Key.Key_Down)
    assert "Open the panel" not in buttons(person.wizard)


def test_a_name_of_ones_own_stays(person: FirstRunUser, buttons: Buttons) -> None:
    """Another service replaces a suggested name, not a typed one."""
    person.enter()
    assert person.line("Name").text() == "SMSup"
    buttons(person.wizard)["Back"].click()
    person.press(Qt.Key.Key_Down)
    assert person.line("Name").text() == "SMSPubli"
    person.line("Name").setText("Shop")
    person.press(Qt.Key.Key_Up)
    assert person.line("Name").text() == "Shop"


def test_without_a_key_nothing_is_asked(person: FirstRunUser, words: Words) -> None:
    """The error is shown at the field."""
    person.enter()
    person.enter()
    assert "Enter the account's API key." in words(person.wizard)
    person.enter("short")
    assert any("This is not an API key" in one for one in words(person.wizard))
    assert len(person.key_tests) == 0
    assert person.focus is person.line("API key")


def test_a_test_shows_the_balance_and_stays(
    person: FirstRunUser, words: Words, buttons: Buttons
) -> None:
    """The result stays on the page, and the next step uses it."""
    person.enter()
    person.line("API key").setText(KEY)
    person.line("Name").clear()
    buttons(person.wizard)["Test"].click()
    assert "Asking…" in words(person.wizard)
    person.answered()
    assert "The gateway answers: €350.12" in words(person.wizard)
    assert person.is_at(Step.KEY)
    person.line("Name").setText("Shop")
    person.enter()
    assert person.is_at(Step.LIMIT)
    assert len(person.key_tests) == 1


def test_a_key_can_be_stored_though_the_gateway_is_out_of_reach(
    person: FirstRunUser, words: Words, buttons: Buttons
) -> None:
    """The problem and its advice are shown first."""
    person.enter()
    person.enter(KEY)
    person.wizard.show_key_test(person.key_test(), OUT_OF_REACH)
    assert person.is_at(Step.KEY)
    for said in (OUT_OF_REACH.title, OUT_OF_REACH.advice):
        assert said in words(person.wizard)
    assert any("stored untested" in one for one in words(person.wizard))
    buttons(person.wizard)["Go on anyway"].click()
    assert "Warns below 10; the balance isn't known yet." in words(person.wizard)
    person.enter()
    account, key = saved(person)
    assert (account.low_below, key.reveal()) == (Decimal(10), KEY)


def test_another_key_is_tried_anew(person: FirstRunUser, buttons: Buttons) -> None:
    """The result for the previous key is dropped."""
    person.enter()
    person.enter(KEY)
    person.wizard.show_key_test(person.key_test(), OUT_OF_REACH)
    person.line("API key").setFocus()
    person.enter(KEY[::-1])
    assert "Go on anyway" not in buttons(person.wizard)
    assert len(person.key_tests) == 2
    person.wizard.show_key_test(person.key_tests[0].key_test, OUT_OF_REACH)
    assert "Go on anyway" not in buttons(person.wizard), "an old answer"
    person.answered()
    assert person.is_at(Step.LIMIT)


def test_going_back_waits_for_no_answer(person: FirstRunUser, buttons: Buttons) -> None:
    """A later result is ignored."""
    person.enter()
    person.enter(KEY)
    asked = person.key_test()
    buttons(person.wizard)["Back"].click()
    person.wizard.show_key_test(asked, EUROS)
    assert person.is_at(Step.SERVICE)
    assert "Back" not in buttons(person.wizard)


def test_the_limit_says_what_it_means_as_it_is_typed(
    person: FirstRunUser, words: Words
) -> None:
    """The meaning uses the balance of the test, and is accessible."""
    person.reach_limit()
    low = person.line("Warn below")
    assert (person.focus, low.text()) == (low, "35")
    assert "Warns below €35.00, now €350.12." in words(person.wizard)
    assert low.accessibleDescription().startswith("Warns below €35.00, now €350.12.")
    low.setText("400")
    assert "Warns at once: below €400.00, now €350.12." in words(person.wizard)
    person.enter("much")
    assert "Enter an amount such as 25; 0 for no warning." in words(person.wizard)
    assert len(person.saves) == 0


def test_a_key_is_tried_though_the_limit_is_half_typed(
    person: FirstRunUser, buttons: Buttons
) -> None:
    """The limit is checked in its own step only."""
    person.reach_limit()
    person.line("Warn below").setText("?")
    buttons(person.wizard)["Back"].click()
    person.line("API key").setFocus()
    person.enter(KEY[::-1])
    assert len(person.key_tests) == 2
    person.answered()
    assert person.line("Warn below").text() == "?"


def test_escape_leaves_and_keeps_what_was_entered(
    person: FirstRunUser, qtbot: QtBot, words: Words
) -> None:
    """The key is kept as a secret, and the same step is shown again."""
    person.enter()
    person.line("API key").setText(KEY)
    person.line("Name").setText("Shop")
    person.press(Qt.Key.Key_Escape)
    assert not person.wizard.isVisible()
    assert len(person.left) == 1
    assert person.line("API key").text() == ""
    with qtbot.waitActive(person.wizard):
        person.wizard.show()
    assert words(person.wizard)[0] == "Step 2 of 3"
    placeholder = person.line("API key").placeholderText()
    assert placeholder == "Entered before; type to replace it"
    person.line("API key").setFocus()
    person.enter()
    asked = person.key_test()
    assert asked.key is not None
    assert (asked.account.name, asked.key.reveal()) == ("Shop", KEY)


def test_what_can_be_no_key_is_not_kept(person: FirstRunUser) -> None:
    """An incomplete key is dropped."""
    person.enter()
    person.line("API key").setText("half")
    person.wizard.close()
    assert len(person.left) == 1
    assert person.line("API key").text() == ""
    assert person.line("API key").placeholderText() == ""


def test_it_can_be_left_in_the_last_step(
    person: FirstRunUser, buttons: Buttons
) -> None:
    """It can be finished later without another request."""
    person.reach_limit()
    person.line("Warn below").setText("50")
    buttons(person.wizard)["Later"].click()
    person.wizard.show()
    buttons(person.wizard)["Finish"].click()
    account, key = saved(person)
    assert (account.low_below, key.reveal()) == (Decimal(50), KEY)
    assert len(person.key_tests) == 1


def test_nothing_is_lost_when_it_can_not_be_stored(
    person: FirstRunUser, words: Words, buttons: Buttons
) -> None:
    """The reason is shown, and saving can be tried again."""
    person.reach_limit()
    person.enter()
    assert "Saving…" in words(person.wizard)
    person.wizard.save_failed(UNWRITABLE)
    assert UNWRITABLE.title in words(person.wizard)
    assert person.focus is buttons(person.wizard)["Finish"]
    person.enter()
    assert len(person.saves) == 2
    key = person.saves[1].key
    assert key is not None
    assert key.reveal() == KEY


def test_one_that_is_closed_while_saving_comes_back_to_tell(
    person: FirstRunUser, words: Words
) -> None:
    """Closing it then is no `LeaveFirstRun`."""
    person.reach_limit()
    person.enter()
    person.wizard.close()
    assert not person.wizard.isVisible()
    assert len(person.left) == 0
    person.wizard.save_failed(UNWRITABLE)
    assert person.wizard.isVisible()
    assert UNWRITABLE.advice in words(person.wizard)


def test_the_tab_key_goes_from_the_answer_to_the_buttons(person: FirstRunUser) -> None:
    """The focus follows the reading order, and Later comes last."""

    def rounds() -> list[str]:
        first = person.focus
        names: list[str] = []
        while not names or person.focus is not first:
            names.append(name(person.focus))
            person.press(Qt.Key.Key_Tab)
        return names

    assert rounds() == ["SMSup", "Open the panel", "Next", "Later"]
    person.enter()
    assert rounds() == [
        *("API key", "Reveal the API key", "Paste the API key", "Open the panel"),
        *("Test", "Name", "Back", "Next", "Later"),
    ]


def name(widget: QWidget) -> str:
    """Return the accessible name of a widget."""
    if isinstance(widget, QPushButton | QRadioButton) and not widget.accessibleName():
        return widget.text().replace("&", "")
    return widget.accessibleName()


def test_large_text_scrolls_and_nothing_is_wider_than_a_screen(
    person: FirstRunUser, qapp: QApplication
) -> None:
    """Text of 200 % on 1280 x 800 leaves the buttons on the screen."""
    font = person.wizard.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    usual = qapp.font()
    qapp.setFont(font)
    try:
        large = FirstRun(ENGLISH, new_id=lambda: "new")
        large.show()
        least = large.minimumSizeHint()
        assert (least.width() <= 1280, least.height() <= 800) == (True, True)
        large.deleteLater()
    finally:
        qapp.setFont(usual)


# --- start at login ------------------------------------------------------------------


def login_box(person: FirstRunUser) -> QCheckBox:
    """Return the check box in the last step."""
    (box,) = (
        one
        for one in person.wizard.findChildren(QCheckBox)
        if one.text().replace("&", "") == "Start Balance Tray when I log in"
    )
    return box


@pytest.mark.parametrize(
    ("login", "ticked", "chosen"),
    [
        (LoginEntryState.OFF, False, None),
        (LoginEntryState.OFF, True, True),
        (LoginEntryState.ON, True, None),
        (LoginEntryState.ON, False, False),
    ],
)
def test_start_at_login_is_offered_and_left_as_it_is_unless_chosen(
    person: FirstRunUser,
    login: LoginEntryState,
    ticked: bool,  # noqa: FBT001  # pytest passes it by name
    chosen: bool | None,  # noqa: FBT001  # as above
) -> None:
    """The box shows the desktop's state, and only a choice changes it."""
    person.reach_limit()
    box = login_box(person)
    assert not box.isEnabled(), "nobody knows yet what the desktop has"
    person.wizard.show_login(login)
    assert (box.isEnabled(), box.isChecked()) == (True, login.is_on)
    box.setChecked(ticked)
    person.enter()
    assert person.saves[0].at_login is chosen
