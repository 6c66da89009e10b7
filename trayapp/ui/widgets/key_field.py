"""The line for an API key: hidden, replaceable, and empty once the dialog closes."""

from contextlib import suppress

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from trayapp.core.errors import KeyUnusable
from trayapp.core.i18n.language import Language
from trayapp.core.secret import Secret
from trayapp.ui.widgets.buttons import PushButton
from trayapp.ui.widgets.form_field import FormField


class KeyField(FormField):
    """Takes a key; what is typed leaves it as a `Secret` alone."""

    def __init__(
        self, language: Language, *, is_stored: bool, pending: Secret | None
    ) -> None:
        translate = language.gettext
        self._reveal = PushButton(translate("Re&veal"))
        self._paste = PushButton(translate("&Paste"))
        super().__init__(
            translate("You find it in the API settings of the account's panel."),
            (self._reveal, self._paste),
        )
        self._language = language
        self._pending = pending
        self._is_needed = not is_stored and pending is None
        self.line.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        if pending is not None:
            self.line.setPlaceholderText(translate("New key, saved on OK"))
        elif is_stored:
            self.line.setPlaceholderText(translate("Stored; type to replace it"))
        for button in (self._reveal, self._paste):
            button.setAutoDefault(False)
        self._reveal.setCheckable(True)
        self._reveal.setAccessibleName(translate("Reveal the API key"))
        self._reveal.toggled.connect(self._on_reveal)
        self._paste.setAccessibleName(translate("Paste the API key"))
        self._paste.clicked.connect(self._on_paste)
        self._on_reveal()

    def key(self) -> Secret | None:
        """Give the key that was typed, now or before; None keeps the stored one.

        Raises `KeyUnusable` for what can't be a key.
        """
        typed = self.line.text().strip()
        return Secret.parse(typed) if typed else self._pending

    def check(self) -> str:
        """Say what is wrong with the key, or nothing."""
        translate = self._language.gettext
        try:
            key = self.key()
        except KeyUnusable as error:
            return f"{translate(error.title)}. {translate(error.reason)}"
        if key is None and self._is_needed:
            return translate("Enter the account's API key.")
        return ""

    def stash(self) -> None:
        """Keep a key for later, as a `Secret` alone; forget what can't be one."""
        with suppress(KeyUnusable):
            self._pending = self.key()
        self.clear()
        if self._pending is not None:
            said = self._language.gettext("Entered before; type to replace it")
            self.line.setPlaceholderText(said)

    def clear(self) -> None:
        """Forget what was typed, and hide what will be."""
        self.line.clear()
        self._reveal.setChecked(False)

    @Slot()
    def _on_reveal(self) -> None:
        modes = QLineEdit.EchoMode
        shown = self._reveal.isChecked()
        self.line.setEchoMode(modes.Normal if shown else modes.Password)

    @Slot()
    def _on_paste(self) -> None:
        """Replace what was typed; an empty clipboard changes nothing."""
        if text := QGuiApplication.clipboard().text().strip():
            self.line.setText(text)
        self.line.setFocus()
