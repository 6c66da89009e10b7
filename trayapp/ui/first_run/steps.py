"""The three questions of the first run: the service, its key, and when to warn."""

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


class StepPart(QGroupBox):
    """A question with its sentence of help: a group, for whoever listens to it."""

    def __init__(self, step: Step, language: Language) -> None:
        super().__init__()
        self.language = language
        self.entries: dict[DraftField, FormField] = {}
        em = self.fontMetrics().height()
        place, asked = place_words(step, language), question(step, language)
        helping = help_words(step, language)
        # Translators: such as "Step 1 of 3: Which service is it?".
        whole = language.gettext("{step}: {question}")
        self.setAccessibleName(whole.format(step=place, question=asked))
        self.setAccessibleDescription(helping)
        words = QVBoxLayout()
        words.setSpacing(em // 4)
        words.addWidget(TextLabel(place, tone=Tone.MUTED))
        words.addWidget(TextLabel(asked, bold=True, scale=1.4))
        words.addWidget(TextLabel(helping))
        greeting = QHBoxLayout()
        greeting.setSpacing(em)
        greeting.addWidget(ScaledPicture(app_pixmap, 4), 0, Qt.AlignmentFlag.AlignTop)
        greeting.addLayout(words, 1)
        self.rows = Rows()
        self.rows.setVerticalSpacing(em // 2)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(em // 2)
        self.column.addLayout(greeting)
        self.column.addSpacing(em // 2)

    def begin(self) -> None:
        """Put the keyboard where the answer is given."""
        next(iter(self.entries.values())).line.setFocus()

    def typed(self, field: DraftField) -> str:
        """Give what stands in a field."""
        return self.entries[field].line.text()

    def add(self, field: DraftField, label: str, entry: FormField) -> FormField:
        """Add a field as a row."""
        self.rows.add(label, entry, entry.line)
        self.entries[field] = entry
        return entry

    def add_described(self, field: DraftField) -> FormField:
        """Add a field of the account as a row, with its own label and help."""
        translate, description = self.language.gettext, ACCOUNT_FIELDS[field]
        entry = FormField(translate(description.help))
        return self.add(field, translate(description.label), entry)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint no frame: it is alone on its page."""
        del event

    def changeEvent(self, event: QEvent) -> None:
        """Keep no room for a frame, which would push the words out of line."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self.setContentsMargins(0, 0, 0, 0)


class ServiceChoice(RadioButton):
    """One of several; Enter goes on, also where the desktop has it press buttons."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Enter to the window."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()
        else:
            super().keyPressEvent(event)


class ServiceStep(StepPart):
    """Which service it is; another than the known ones needs an address.

    Signals:
        changed(): another service or address.
    """

    changed = Signal()

    def __init__(self, language: Language, panel: PushButton) -> None:
        super().__init__(Step.SERVICE, language)
        translate = language.gettext
        self._choices = QButtonGroup(self)
        self._lay_out_choices()
        self.add_described(DraftField.BASE_URL)
        self.add_described(DraftField.PANEL)
        self.column.addLayout(self.rows)
        for entry in self.entries.values():
            entry.edited.connect(self.changed)
        advice = translate(
            "Next comes its API key: you find it in the API settings of the panel."
        )
        panel.setAccessibleDescription(advice)
        self.column.addSpacing(self.fontMetrics().height() // 2)
        self.column.addWidget(TextLabel(advice, tone=Tone.MUTED))
        self.column.addWidget(panel, 0, Qt.AlignmentFlag.AlignLeading)
        self.column.addStretch(1)
        self._choices.idToggled.connect(self._on_chosen)
        self._show_custom()

    @property
    def service(self) -> Service:
        """The service that is chosen."""
        return _SERVICES[self._choices.checkedId()]

    def begin(self) -> None:
        """Put the keyboard on the service that is chosen."""
        self._choices.button(self._choices.checkedId()).setFocus()

    def _lay_out_choices(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(self.fontMetrics().height())
        grid.setColumnStretch(1, 1)
        for row, service in enumerate(_SERVICES):
            url = Account("", "", service).panel_url
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
        for entry in self.entries.values():
            self.rows.show_row(entry, shown=self.service is Service.CUSTOM)

    @Slot(int, bool)
    def _on_chosen(self, _: int, on: bool) -> None:  # noqa: FBT001  # as Qt calls it
        if on:
            self._show_custom()
            self.changed.emit()


class KeyStep(StepPart):
    """The key, what the gateway says to it, and what the account is called here."""

    def __init__(self, language: Language, panel: PushButton) -> None:
        super().__init__(Step.KEY, language)
        translate = language.gettext
        self.key = KeyField(language, is_stored=False, pending=None)
        self.trial = KeyTestRow(language)
        self._anyway = TextLabel()
        self._suggested = ""
        self.add(DraftField.KEY, translate("API &key:"), self.key)
        beside = QHBoxLayout()
        beside.addWidget(panel)
        beside.addStretch(1)
        self.rows.addLayout(beside, self.rows.rowCount(), 1)
        self.rows.add_unnamed(self.trial)
        self.rows.add_unnamed(self._anyway)
        self.add_described(DraftField.NAME)
        self.column.addLayout(self.rows)
        self.column.addStretch(1)
        self.offer_to_skip_test(on=False)

    def suggest_name(self, name: str) -> None:
        """Suggest a name, unless a person gave another."""
        line = self.entries[DraftField.NAME].line
        if line.text() == self._suggested:
            line.setText(name)
            self._suggested = name

    def offer_to_skip_test(self, *, on: bool) -> None:
        """Say that one can go on although the gateway did not tell the balance."""
        self._anyway.set_text(
            self.language.gettext(
                "You can go on all the same: the key is then stored untested, and the "
                "gateway is asked again by itself."
            )
            if on
            else ""
        )
        self._anyway.setVisible(on)


class LimitStep(StepPart):
    """When to warn: suggested from the balance, with what it means beside it."""

    def __init__(self, language: Language) -> None:
        super().__init__(Step.LIMIT, language)
        self._balance: Balance | None = None
        self._suggested = ""
        low = self.add_described(DraftField.LOW_BELOW)
        days = self.add_described(DraftField.WARN_DAYS)
        days.line.setText(str(DEFAULT_WARN_DAYS))
        self.login = LoginOption(language)
        """Whether the program starts at login."""
        self.column.addLayout(self.rows)
        self.column.addSpacing(self.fontMetrics().height() // 2)
        self.column.addWidget(self.login)
        self.column.addStretch(1)
        low.edited.connect(self._on_edited)

    def suggest(self, balance: Balance | None) -> None:
        """Suggest a limit for this balance, unless a person gave another."""
        self._balance = balance
        line = self.entries[DraftField.LOW_BELOW].line
        if line.text() == self._suggested:
            self._suggested = self.language.number(suggested_low(balance))
            line.setText(self._suggested)
        self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        low = self.language.typed_number(self.typed(DraftField.LOW_BELOW))
        said = limit_words(low, self._balance, self.language)
        self.entries[DraftField.LOW_BELOW].show_meaning(said)
