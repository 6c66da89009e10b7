"""The dialog in which one account is typed, tried and changed."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from trayapp.core.account import Account, Service
from trayapp.core.account_draft import Draft, Field
from trayapp.core.changes import Trial
from trayapp.core.i18n.language import Language
from trayapp.core.secret import Secret
from trayapp.core.view.account_text import Problem
from trayapp.core.view.names import service_name
from trayapp.ui.widgets.fields import Choice
from trayapp.ui.widgets.form_dialog import FormDialog
from trayapp.ui.widgets.form_field import Entry
from trayapp.ui.widgets.key_field import KeyEntry
from trayapp.ui.widgets.key_test import TrialRow
from trayapp.ui.widgets.rows import Explained, Rows

_SERVICES: Final = tuple(Service)
_ONLY_CUSTOM: Final = (Field.BASE_URL, Field.PANEL)


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What an account dialog starts from."""

    account: Account
    is_new: bool
    taken: tuple[str, ...] = ()
    """The other accounts' names."""
    pending: Secret | None = None
    """A key that was entered before and is not stored yet."""


class AccountDialog(FormDialog):
    """Edits an account; what comes of it is told, not stored.

    Signals:
        entered(account: Account, key: Secret | None): OK, and nothing is wrong; None
            keeps the key that is stored.
        test_requested(trial: Trial): to ask the gateway with what is typed.
    """

    entered = Signal(object, object)
    test_requested = Signal(object)

    def __init__(
        self, subject: Subject, language: Language, parent: QWidget | None = None
    ) -> None:
        super().__init__(language, parent)
        translate = language.gettext
        self._subject, self._language = subject, language
        self._trial: Trial | None = None
        self.setWindowTitle(
            translate("Add an account") if subject.is_new else translate("Edit account")
        )
        self._service = Choice()
        self._service.addItems([service_name(one, language) for one in _SERVICES])
        self._key = KeyEntry(
            language, is_stored=not subject.is_new, pending=subject.pending
        )
        self._trial_row = TrialRow(language)
        self._fields = Rows()
        self._entries: dict[Field, Entry] = {}
        self._build_form()
        self._fill(subject.account)
        self._service.currentIndexChanged.connect(self._on_service)
        self._trial_row.test_requested.connect(self._on_test)
        self._entries[Field.NAME].line.setFocus()

    @property
    def account_id(self) -> str:
        """The account that is edited."""
        return self._subject.account.id

    def focus_key(self) -> None:
        """Start in the key's field: that is what is to be replaced."""
        self._key.line.setFocus()

    def show_trial(self, trial: Trial, result: str | Problem) -> None:
        """Show what a trial came to, unless something else is typed by now."""
        if trial is self._trial:
            self._trial = None
            self._trial_row.show_result(result)
            self.reveal(self._trial_row)

    def _build_form(self) -> None:
        translate = self._language.gettext
        em = self.fontMetrics().height()
        self._fields.setVerticalSpacing(em // 3)
        self._add(
            Field.NAME,
            translate("&Name:"),
            Entry(translate("What it is called in this program.")),
        )
        self._add_service()
        self._add(
            Field.BASE_URL,
            translate("&Address:"),
            Entry(translate("Where its API answers: all that comes before /api/3.0.")),
        )
        self._add(
            Field.PANEL,
            translate("Top-up pa&ge:"),
            Entry(translate("Optional: the web page on which you top up.")),
        )
        self._add(Field.KEY, translate("API &key:"), self._key)
        self._add(
            Field.SUB_ACCOUNT,
            translate("S&ub-account:"),
            Entry(translate("Optional: its user name; the key is the main account's.")),
        )
        self._add(
            Field.LOW_BELOW,
            translate("&Warn below:"),
            Entry(translate("In euros, credits or its other unit; 0 only when empty.")),
        )
        self._add(
            Field.WARN_DAYS,
            translate("Warn &days ahead:"),
            Entry(translate("How many days before it may run out; 0 for never.")),
        )
        self._add(
            Field.PRICE,
            translate("Pr&ice per message:"),
            Entry(translate("Optional: to show how many messages are left.")),
        )
        self._fields.add_unnamed(self._trial_row)
        page = self.add_page()
        page.rows.addLayout(self._fields)
        page.rows.addStretch(1)

    def _add_service(self) -> None:
        translate = self._language.gettext
        advice = translate("The brand that you bought it from.")
        explained = Explained(self._service, advice)
        self._fields.add(translate("&Service:"), explained, self._service)

    def _add(self, field: Field, label: str, entry: Entry) -> None:
        entry.edited.connect(self._on_edited)
        self._fields.add(label, entry, entry.line)
        self._entries[field] = entry

    def _fill(self, account: Account) -> None:
        custom = account.service is Service.CUSTOM
        self._service.setCurrentIndex(_SERVICES.index(account.service))
        for field, text in (
            (Field.NAME, account.name),
            (Field.BASE_URL, account.base_url if custom else ""),
            (Field.PANEL, account.panel),
            (Field.SUB_ACCOUNT, account.sub_account),
            (Field.LOW_BELOW, self._language.number(account.low_below)),
            (Field.WARN_DAYS, str(account.warn_days)),
            (Field.PRICE, self._price(account)),
        ):
            self._entries[field].line.setText(text)
        self._show_custom()

    def _price(self, account: Account) -> str:
        return "" if account.price is None else self._language.number(account.price)

    def _draft(self) -> Draft:
        def typed(field: Field) -> str:
            return self._entries[field].line.text()

        return Draft(
            id=self._subject.account.id,
            name=typed(Field.NAME),
            service=_SERVICES[self._service.currentIndex()],
            base_url=typed(Field.BASE_URL),
            panel=typed(Field.PANEL),
            sub_account=typed(Field.SUB_ACCOUNT),
            low_below=typed(Field.LOW_BELOW),
            warn_days=typed(Field.WARN_DAYS),
            price=typed(Field.PRICE),
        )

    def _check(self, draft: Draft, *, named: bool = True) -> bool:
        """Say beside each field what is wrong with it, and start in the first.

        A name is needed to store an account, not to try it.
        """
        found = draft.problems(self._subject.taken, self._language)
        if not named:
            found.pop(Field.NAME, None)
        told = {field: self._language.gettext(text) for field, text in found.items()}
        told[Field.KEY] = self._key.check()
        for field, entry in self._entries.items():
            entry.show_problem(told.get(field, ""))
        for entry in self._entries.values():
            if entry.problem:
                entry.line.setFocus()
                self.reveal(entry)
                return False
        return True

    def _show_custom(self) -> None:
        custom = _SERVICES[self._service.currentIndex()] is Service.CUSTOM
        for field in _ONLY_CUSTOM:
            self._fields.show_row(self._entries[field], shown=custom)

    @Slot()
    def _on_service(self) -> None:
        self._show_custom()
        self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        """Forget a trial: it was made with something else."""
        self._trial = None
        self._trial_row.show_nothing()

    @Slot()
    def _on_test(self) -> None:
        draft = self._draft()
        if self._trial is None and self._check(draft, named=False):
            self._trial = Trial(draft.account(self._language), self._key.key())
            self._trial_row.show_asking()
            self.test_requested.emit(self._trial)

    def accept(self) -> None:
        """Close if nothing is wrong; else say what, and where."""
        draft = self._draft()
        if self._check(draft):
            self.entered.emit(draft.account(self._language), self._key.key())
            super().accept()

    def done(self, result: int) -> None:
        """Forget the key that was typed, and a trial that is not answered yet."""
        self._key.clear()
        self._trial = None
        super().done(result)
