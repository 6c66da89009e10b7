"""The first run: sets up an account in three steps."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from trayapp.core.account import Account
from trayapp.core.account_draft import AccountDraft, DraftField
from trayapp.core.autostart.login import LoginEntryState
from trayapp.core.balance import Balance
from trayapp.core.changes import KeyTest
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import Problem
from trayapp.core.view.first_run import FIELDS, Step, suggested_name
from trayapp.ui.first_run.steps import KeyStep, LimitStep, ServiceStep, StepView
from trayapp.ui.icons.icons import app_icon
from trayapp.ui.intents import (
    LeaveFirstRun,
    OpenWebsite,
    SaveFirstAccount,
    StartKeyTest,
)
from trayapp.ui.widgets.announce import announce
from trayapp.ui.widgets.buttons import PushButton
from trayapp.ui.widgets.paged_dialog import PagedDialog
from trayapp.ui.widgets.problem_view import ProblemView

_FIRST_STEP: Final = min(Step)
_LAST_STEP: Final = max(Step)


class FirstRun(PagedDialog):
    """Shows one step at a time; after `LeaveFirstRun` it can be shown again.

    Signals:
        intent(FirstRunIntent): what a person asks for.
    """

    intent = Signal(object)

    def __init__(self, language: Language, *, new_id: Callable[[], str]) -> None:
        self._stack = QStackedWidget()
        super().__init__(self._stack, None)
        self._language, self._id = language, new_id()
        self._key_test: KeyTest | None = None
        self._result: Balance | Problem | None = None
        self._continues_after_key_test = False
        self._is_saving = False
        translate = language.gettext
        self.setWindowTitle(translate("Welcome to Balance Tray"))
        self.setWindowIcon(app_icon())
        self._website_buttons = tuple(
            PushButton(translate("&Open the panel")) for _ in range(2)
        )
        self._service = ServiceStep(language, self._website_buttons[0])
        self._key = KeyStep(language, self._website_buttons[1])
        self._limit = LimitStep(language)
        self._parts: dict[Step, StepView] = {
            Step.SERVICE: self._service,
            Step.KEY: self._key,
            Step.LIMIT: self._limit,
        }
        self._problem_view = ProblemView()
        self._later = PushButton(translate("&Later"))
        self._back = PushButton(translate("&Back"))
        self._next = PushButton(translate("Ne&xt"), emphasized=True)
        self._lay_out()
        self._connect()
        self._on_service()
        self._limit.suggest(None)
        self._go(_FIRST_STEP)

    @property
    def step(self) -> Step:
        """The shown step."""
        return Step(self._stack.currentIndex() + _FIRST_STEP)

    @property
    def is_saving(self) -> bool:
        """Whether it waits for `saved` or `save_failed`."""
        return self._is_saving

    def show_key_test(self, key_test: KeyTest, result: Balance | Problem) -> None:
        """Show the result of a key test; ignore it if the fields have changed since."""
        if key_test is not self._key_test:
            return
        self._key_test, self._result = None, result
        if isinstance(result, Balance):
            balance = self._language.money(result.amount, result.unit)
            self._key.key_test_row.show_result(balance)
            self._limit.suggest(result)
        else:
            self._key.key_test_row.show_result(result)
            self._key.offer_to_skip_test(on=True)
            self._limit.suggest(None)
        if self._continues_after_key_test and isinstance(result, Balance):
            self._go(Step.LIMIT)
        else:
            self._name_next()
            self.reveal(self._key.key_test_row)

    def show_login(self, login: LoginEntryState) -> None:
        """Show whether the program starts at login."""
        self._limit.login.show_login(login)

    def saved(self) -> None:
        """Close, as everything is stored."""
        self._wait(saving=False)
        self._key.key.clear()
        super().accept()

    def save_failed(self, problem: Problem) -> None:
        """Show why nothing is stored; the fields keep their text."""
        self._wait(saving=False)
        self._problem_view.show_problem(problem)
        self.show()
        self._next.setFocus()
        announce(self, f"{problem.title}. {problem.reason} {problem.advice}")

    def _lay_out(self) -> None:
        em = self.fontMetrics().height()
        for part in self._parts.values():
            page = self.new_page()
            page.rows.addWidget(part, 1)
            self._stack.addWidget(page)
        self.below.addWidget(self._problem_view)
        footer = QHBoxLayout()
        footer.setContentsMargins(em, em // 2, em, em)
        footer.setSpacing(em // 2)
        footer.addWidget(self._later)
        footer.addWidget(self.status, 1)
        footer.addWidget(self._back)
        footer.addWidget(self._next)
        self.whole.addLayout(footer)
        for button in (self._later, self._back, *self._website_buttons):
            button.setAutoDefault(False)
        self._next.setDefault(True)
        self.setTabOrder(self._back, self._next)
        self.setTabOrder(self._next, self._later)
        self._later.setAccessibleDescription(
            self._language.gettext("Closes this; what you entered is kept until then.")
        )

    def _connect(self) -> None:
        self._service.changed.connect(self._on_service)
        self._key.key.edited.connect(self._forget_key_test)
        self._key.key_test_row.test_requested.connect(self._on_test)
        self._later.clicked.connect(self.reject)
        self._back.clicked.connect(self._on_back)
        self._next.clicked.connect(self._on_next)
        for button in self._website_buttons:
            button.clicked.connect(self._on_website)

    def _go(self, step: Step) -> None:
        self._continues_after_key_test = False
        self._stack.setCurrentIndex(step - _FIRST_STEP)
        self._back.setVisible(step is not _FIRST_STEP)
        self._name_next()
        self._problem_view.show_problem(None)
        self._parts[step].focus_answer()

    def _name_next(self) -> None:
        translate = self._language.gettext
        words = translate("Ne&xt")
        if self.step is _LAST_STEP:
            words = translate("&Finish")
        elif self.step is Step.KEY and isinstance(self._result, Problem):
            words = translate("Go on an&yway")
        self._next.setText(words)

    def _draft(self) -> AccountDraft:
        return AccountDraft(
            id=self._id,
            name=self._key.typed(DraftField.NAME),
            service=self._service.service,
            base_url=self._service.typed(DraftField.BASE_URL),
            panel=self._service.typed(DraftField.WEBSITE),
            low_below=self._limit.typed(DraftField.LOW_BELOW),
            warn_days=self._limit.typed(DraftField.WARN_DAYS),
        )

    def _account(self) -> Account:
        return self._draft().account(self._language)

    def _account_to_test(self) -> Account:
        """Return the account for a key test, without limits that may be invalid."""
        draft = replace(self._draft(), low_below="0", warn_days="0")
        return draft.account(self._language)

    def _check(self, step: Step, *, named: bool = True) -> bool:
        """Show the errors of a step and focus the first; return whether it is valid."""
        problems = self._draft().problems((), self._language)
        errors = {**problems, DraftField.KEY: self._key.key.check()}
        if not named:
            errors.pop(DraftField.NAME, None)
        entries = [self._parts[step].entries[field] for field in FIELDS[step]]
        for field, entry in zip(FIELDS[step], entries, strict=True):
            entry.show_problem(errors.get(field, ""))
        invalid = next((entry for entry in entries if entry.problem), None)
        if invalid is not None:
            invalid.line.setFocus()
            self.reveal(invalid)
        return invalid is None

    def _wait(self, *, saving: bool) -> None:
        self._is_saving = saving
        self.setEnabled(not saving)
        self.status.set_text(self._language.gettext("Saving…") if saving else "")

    @Slot()
    def _forget_key_test(self) -> None:
        """Drop the key test and its result, as the fields have changed."""
        self._key_test, self._result, self._continues_after_key_test = None, None, False
        self._key.key_test_row.show_nothing()
        self._key.offer_to_skip_test(on=False)
        self._name_next()

    @Slot()
    def _on_service(self) -> None:
        service = self._service.service
        base_url = self._service.typed(DraftField.BASE_URL)
        self._key.suggest_name(suggested_name(service, base_url, self._language))
        for button in self._website_buttons:
            button.setVisible(bool(self._website_url()))
        self._forget_key_test()

    def _website_url(self) -> str:
        return Account("", "", self._service.service).website_url

    @Slot()
    def _on_website(self) -> None:
        self.intent.emit(OpenWebsite(self._website_url()))

    @Slot()
    def _on_test(self) -> None:
        self._continues_after_key_test = False
        self._test(named=False)

    def _test(self, *, named: bool) -> None:
        if self._key_test is None and self._check(Step.KEY, named=named):
            self._key_test = KeyTest(self._account_to_test(), self._key.key.key())
            self._key.offer_to_skip_test(on=False)
            self._key.key_test_row.show_refreshing()
            self.intent.emit(StartKeyTest(self._key_test))

    @Slot()
    def _on_back(self) -> None:
        if self._key_test is not None:
            self._forget_key_test()
        self._go(Step(self.step - 1))

    @Slot()
    def _on_next(self) -> None:
        """Show the next step if this one is valid; try the key before."""
        step = self.step
        if not self._check(step):
            return
        if step is Step.KEY and self._result is None:
            self._continues_after_key_test = True
            self._test(named=True)
        elif step is _LAST_STEP:
            self.accept()
        else:
            self._go(Step(step + 1))

    def accept(self) -> None:
        """Emit the account, and wait for `saved` or `save_failed`."""
        if self._is_saving:
            return
        self._problem_view.show_problem(None)
        self._wait(saving=True)
        at_login = self._limit.login.chosen()
        key = self._key.key.key()
        self.intent.emit(SaveFirstAccount(self._account(), key, at_login))

    def reject(self) -> None:
        """Hide and keep the entries; a failed save shows the dialog again."""
        if not self._is_saving:
            self._key.key.stash()
            self.intent.emit(LeaveFirstRun())
        self.hide()
