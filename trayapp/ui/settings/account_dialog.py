"""The dialog that edits one account and tests its key."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from trayapp.core.account import Account, Service
from trayapp.core.account_draft import (
    ACCOUNT_FIELDS,
    AccountDraft,
    DraftField,
    amount_meaning,
    typed_text,
)
from trayapp.core.changes import KeyTest
from trayapp.core.i18n.language import Language
from trayapp.core.secret import Secret
from trayapp.core.view.account_text import Problem
from trayapp.core.view.names import service_name
from trayapp.ui.intents import StartKeyTest
from trayapp.ui.widgets.fields import ComboBox
from trayapp.ui.widgets.form_dialog import FormDialog
from trayapp.ui.widgets.form_field import FormField
from trayapp.ui.widgets.key_field import KeyField
from trayapp.ui.widgets.key_test import KeyTestRow
from trayapp.ui.widgets.rows import Explained, Rows

_SERVICES: Final = tuple(Service)


@dataclass(frozen=True, slots=True, eq=False)
class EditedAccount:
    """The account that an account dialog edits."""

    account: Account
    is_new: bool
    taken: tuple[str, ...] = ()
    """The names of the other accounts."""
    pending: Secret | None = None
    """A key that was entered before, and is not stored yet."""


class AccountDialog(FormDialog):
    """Edits an account, and emits the result; stores nothing.

    Signals:
        entered(account: Account, key: Secret | None): OK, and nothing is wrong; None
            keeps the key that is stored.
        intent(Intent): what else a person asks for.
    """

    entered = Signal(object, object)
    intent = Signal(object)

    def __init__(
        self, edited: EditedAccount, language: Language, parent: QWidget | None = None
    ) -> None:
        super().__init__(language, parent)
        translate = language.gettext
        self._edited, self._language = edited, language
        self._key_test: KeyTest | None = None
        self.setWindowTitle(
            translate("Add an account") if edited.is_new else translate("Edit account")
        )
        self._service = ComboBox()
        self._service.addItems(
            [service_name(service, language) for service in _SERVICES]
        )
        self._key = KeyField(
            language, is_stored=not edited.is_new, pending=edited.pending
        )
        self._key_test_row = KeyTestRow(language)
        self._fields = Rows()
        self._entries: dict[DraftField, FormField] = {}
        self._filled: dict[DraftField, str] = {}
        self._build_form()
        self._fill(edited.account)
        self._service.currentIndexChanged.connect(self._on_service)
        self._key_test_row.test_requested.connect(self._on_test)
        self._entries[DraftField.NAME].line.setFocus()

    @property
    def account_id(self) -> str:
        """The id of the edited account."""
        return self._edited.account.id

    def focus_key(self) -> None:
        """Focus the field for the key."""
        self._key.line.setFocus()

    def show_key_test(self, key_test: KeyTest, result: str | Problem) -> None:
        """Show the result of a key test; ignore it if the fields have changed since."""
        if key_test is self._key_test:
            self._key_test = None
            self._key_test_row.show_result(result)
            self.reveal(self._key_test_row)

    def _build_form(self) -> None:
        translate = self._language.gettext
        em = self.fontMetrics().height()
        self._fields.setVerticalSpacing(em // 4)
        for field, description in ACCOUNT_FIELDS.items():
            if field is DraftField.SUB_ACCOUNT:
                self._add(DraftField.KEY, translate("API &key:"), self._key)
            field_view = FormField(translate(description.help))
            self._add(field, translate(description.label), field_view)
            if field is DraftField.NAME:
                self._add_service()
        self._fields.add_unnamed(self._key_test_row)
        page = self.add_page()
        page.rows.addLayout(self._fields)
        page.rows.addStretch(1)

    def _add_service(self) -> None:
        translate = self._language.gettext
        advice = translate("The brand that you bought it from.")
        # Beside it: that saves a line on a low screen.
        explained = Explained(self._service, advice, is_beside=True)
        self._fields.add(translate("&Service:"), explained, self._service)

    def _add(self, field: DraftField, label: str, field_view: FormField) -> None:
        field_view.edited.connect(self._on_edited)
        self._fields.add(label, field_view, field_view.line)
        self._entries[field] = field_view

    def _fill(self, account: Account) -> None:
        is_custom = account.service is Service.CUSTOM
        self._service.setCurrentIndex(_SERVICES.index(account.service))
        for field, description in ACCOUNT_FIELDS.items():
            value = getattr(account, field)
            if description.is_custom and not is_custom:
                value = None
            text = typed_text(value, self._language)
            self._entries[field].line.setText(text)
            self._filled[field] = text
        self._on_edited()
        self._show_custom()

    def _draft(self) -> AccountDraft:
        texts = {
            field.value: self._entries[field].line.text() for field in ACCOUNT_FIELDS
        }
        service = _SERVICES[self._service.currentIndex()]
        return AccountDraft(id=self._edited.account.id, service=service, **texts)

    def _check(self, draft: AccountDraft, *, named: bool = True) -> bool:
        """Show the errors of the fields, focus the first; return whether all are valid.

        A name is needed to store an account, not to try it.
        """
        problems = draft.problems(self._edited.taken, self._language)
        if not named:
            problems.pop(DraftField.NAME, None)
        errors = {**problems, DraftField.KEY: self._key.check()}
        for field, field_view in self._entries.items():
            field_view.show_problem(errors.get(field, ""))
        for field_view in self._entries.values():
            if field_view.problem:
                field_view.line.setFocus()
                self.reveal(field_view)
                return False
        return True

    def _show_custom(self) -> None:
        is_custom = _SERVICES[self._service.currentIndex()] is Service.CUSTOM
        for field, description in ACCOUNT_FIELDS.items():
            if description.is_custom:
                self._fields.show_row(self._entries[field], shown=is_custom)

    @Slot()
    def _on_service(self) -> None:
        self._show_custom()
        self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        """Drop the key test, as the fields have changed, and repeat typed amounts."""
        self._key_test = None
        self._key_test_row.show_nothing()
        for field, description in ACCOUNT_FIELDS.items():
            text = self._entries[field].line.text()
            meaning = amount_meaning(description, text, self._language)
            is_news = meaning and text != self._filled.get(field)
            self._entries[field].show_meaning(f"= {meaning}" if is_news else "")

    @Slot()
    def _on_test(self) -> None:
        draft = self._draft()
        if self._key_test is None and self._check(draft, named=False):
            self._key_test = KeyTest(draft.account(self._language), self._key.key())
            self._key_test_row.show_refreshing()
            self.intent.emit(StartKeyTest(self._key_test))

    def accept(self) -> None:
        """Emit the account and close if it is valid; else show the errors."""
        draft = self._draft()
        if self._check(draft):
            self.entered.emit(draft.account(self._language), self._key.key())
            super().accept()

    def done(self, result: int) -> None:
        """Clear the field for the key, and drop a running key test."""
        self._key.clear()
        self._key_test = None
        super().done(result)
