"""The three steps of the first run: the service, its key, and when to warn."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QVBoxLayout,
)

from trayapp.core.account import DEFAULT_WARN_DAYS, Account, Service
from trayapp.core.account_draft import ACCOUNT_FIELDS, DraftField
from trayapp.core.balance import Balance
from trayapp.core.i18n.language import Language
from trayapp.core.view.first_run import (
    Step,
    help_words,
    limit_words,
    place_words,
    question,
    suggested_low,
)
from trayapp.core.view.names import service_name
from trayapp.ui.icons.icons import app_pixmap
from trayapp.ui.icons.picture import ScaledPicture
from trayapp.ui.widgets.buttons import PushButton
from trayapp.ui.widgets.check_box import RadioButton
from trayapp.ui.widgets.form_field import FormField
from trayapp.ui.widgets.key_field import KeyField
from trayapp.ui.widgets.key_test import KeyTestRow
from trayapp.ui.widgets.labels import TextLabel, Tone
from trayapp.ui.widgets.login_option import LoginOption
from trayapp.ui.widgets.rows import Rows

_SERVICES: Final = tuple(Service)


class StepView(QGroupBox):
    """A question, its help text and its fields; a group to a screen reader."""

    def __init__(self, step: Step, language: Language) -> None:
        super().__init__()
        self.language = language
        self.entries: dict[DraftField, FormField] = {}
        em = self.fontMetrics().height()
        position, title = place_words(step, language), question(step, language)
        help_text = help_words(step, language)
        # Translators: such as "Step 1 of 3: Which service is it?".
        name = language.gettext("{step}: {question}")
        self.setAccessibleName(name.format(step=position, question=title))
        self.setAccessibleDescription(help_text)
        words = QVBoxLayout()
        words.setSpacing(em // 4)
        words.addWidget(TextLabel(position, tone=Tone.MUTED))
        words.addWidget(TextLabel(title, bold=True, scale=1.4))
        words.addWidget(TextLabel(help_text))
        header = QHBoxLayout()
        header.setSpacing(em)
        header.addWidget(ScaledPicture(app_pixmap, 4), 0, Qt.AlignmentFlag.AlignTop)
        header.addLayout(words, 1)
        self.rows = Rows()
        self.rows.setVerticalSpacing(em // 2)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(em // 2)
        self.column.addLayout(header)
        self.column.addSpacing(em // 2)

    def focus_answer(self) -> None:
        """Focus the first field."""
        next(iter(self.entries.values())).line.setFocus()

    def typed(self, field: DraftField) -> str:
        """Return the text of a field."""
        return self.entries[field].line.text()

    def add(self, field: DraftField, label: str, field_view: FormField) -> FormField:
        """Add a field in a row of its own."""
        self.rows.add(label, field_view, field_view.line)
        self.entries[field] = field_view
        return field_view

    def add_described(self, field: DraftField) -> FormField:
        """Add a field of the account as a row, with its own label and help."""
        translate, description = self.language.gettext, ACCOUNT_FIELDS[field]
        field_view = FormField(translate(description.help))
        return self.add(field, translate(description.label), field_view)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint no frame, as the group is alone on its page."""
        del event

    def changeEvent(self, event: QEvent) -> None:
        """Reset the margins of the group box's frame, which isn't painted."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self.setContentsMargins(0, 0, 0, 0)


class ServiceChoice(RadioButton):
    """A radio button that leaves Enter to the dialog; some desktops use it to check."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass on Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()
        else:
            super().keyPressEvent(event)


class ServiceStep(StepView):
    """The step for the service; a custom service needs an address.

    Signals:
        changed(): the service or the address changed.
    """

    changed = Signal()

    def __init__(self, language: Language, website_button: PushButton) -> None:
        super().__init__(Step.SERVICE, language)
        translate = language.gettext
        self._choices = QButtonGroup(self)
        self._lay_out_choices()
        self.add_described(DraftField.BASE_URL)
        self.add_described(DraftField.WEBSITE)
        self.column.addLayout(self.rows)
        for field_view in self.entries.values():
            field_view.edited.connect(self.changed)
        advice = translate(
            "Next comes its API key: you find it in the API settings of the panel."
        )
        website_button.setAccessibleDescription(advice)
        self.column.addSpacing(self.fontMetrics().height() // 2)
        self.column.addWidget(TextLabel(advice, tone=Tone.MUTED))
        self.column.addWidget(website_button, 0, Qt.AlignmentFlag.AlignLeading)
        self.column.addStretch(1)
        self._choices.idToggled.connect(self._on_chosen)
        self._show_custom()

    @property
    def service(self) -> Service:
        """The selected service."""
        return _SERVICES[self._choices.checkedId()]

    def focus_answer(self) -> None:
        """Focus the selected service."""
        self._choices.button(self._choices.checkedId()).setFocus()

    def _lay_out_choices(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(self.fontMetrics().height())
        grid.setColumnStretch(1, 1)
        for row, service in enumerate(_SERVICES):
            url = Account("", "", service).website_url
            hint = url.removeprefix("https://") or self.language.gettext(
                "Another one with the same API; you enter its address."
            )
            choice = ServiceChoice(service_name(service, self.language))
            choice.setAccessibleDescription(hint)
            self._choices.addButton(choice, row)
            grid.addWidget(choice, row, 0)
            grid.addWidget(TextLabel(hint, tone=Tone.MUTED), row, 1)
        self._choices.button(0).setChecked(True)
        self.column.addLayout(grid)

    def _show_custom(self) -> None:
        for field_view in self.entries.values():
            self.rows.show_row(field_view, shown=self.service is Service.CUSTOM)

    @Slot(int, bool)
    def _on_chosen(self, _: int, on: bool) -> None:  # noqa: FBT001  # as Qt calls it
        if on:
            self._show_custom()
            self.changed.emit()


class KeyStep(StepView):
    """The step for the key, its test, and the account's name."""

    def __init__(self, language: Language, website_button: PushButton) -> None:
        super().__init__(Step.KEY, language)
        translate = language.gettext
        self.key = KeyField(language, is_stored=False, pending=None)
        self.key_test_row = KeyTestRow(language)
        self._untested_note = TextLabel()
        self._suggested = ""
        self.add(DraftField.KEY, translate("API &key:"), self.key)
        beside = QHBoxLayout()
        beside.addWidget(website_button)
        beside.addStretch(1)
        self.rows.addLayout(beside, self.rows.rowCount(), 1)
        self.rows.add_unnamed(self.key_test_row)
        self.rows.add_unnamed(self._untested_note)
        self.add_described(DraftField.NAME)
        self.column.addLayout(self.rows)
        self.column.addStretch(1)
        self.offer_to_skip_test(on=False)

    def suggest_name(self, name: str) -> None:
        """Fill in a name, unless a person has typed one."""
        line = self.entries[DraftField.NAME].line
        if line.text() == self._suggested:
            line.setText(name)
            self._suggested = name

    def offer_to_skip_test(self, *, on: bool) -> None:
        """Show or hide the note that an untested key can be stored."""
        self._untested_note.set_text(
            self.language.gettext(
                "You can go on all the same: the key is then stored untested, and the "
                "gateway is asked again by itself."
            )
            if on
            else ""
        )
        self._untested_note.setVisible(on)


class LimitStep(StepView):
    """The step for the limits, suggested from the balance."""

    def __init__(self, language: Language) -> None:
        super().__init__(Step.LIMIT, language)
        self._balance: Balance | None = None
        self._suggested = ""
        low = self.add_described(DraftField.LOW_BELOW)
        days = self.add_described(DraftField.WARN_DAYS)
        days.line.setText(str(DEFAULT_WARN_DAYS))
        self.login = LoginOption(language)
        """The option to start at login."""
        self.column.addLayout(self.rows)
        self.column.addSpacing(self.fontMetrics().height() // 2)
        self.column.addWidget(self.login)
        self.column.addStretch(1)
        low.edited.connect(self._on_edited)

    def suggest(self, balance: Balance | None) -> None:
        """Fill in a limit for this balance, unless a person has typed one."""
        self._balance = balance
        line = self.entries[DraftField.LOW_BELOW].line
        if line.text() == self._suggested:
            self._suggested = self.language.number(suggested_low(balance))
            line.setText(self._suggested)
        self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        low = self.language.typed_number(self.typed(DraftField.LOW_BELOW))
        meaning = limit_words(low, self._balance, self.language)
        self.entries[DraftField.LOW_BELOW].show_meaning(meaning)
