"""The field for an API key: masked, and cleared when the dialog closes."""

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
    """Takes a key, and returns it as a `Secret` only."""

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
        """Return the key that is typed or was stashed; None keeps the stored one.

        Raises `KeyUnusable` for text that can't be a key.
        """
        typed = self.line.text().strip()
        return Secret.parse(typed) if typed else self._pending

    def check(self) -> str:
        """Return what is wrong with the key; empty for nothing."""
        translate = self._language.gettext
        try:
            key = self.key()
        except KeyUnusable as error:
            return f"{translate(error.title)}. {translate(error.reason)}"
        if key is None and self._is_needed:
            return translate("Enter the account's API key.")
        return ""

    def stash(self) -> None:
        """Clear the field, and keep a usable key as a `Secret`."""
        with suppress(KeyUnusable):
            self._pending = self.key()
        self.clear()
        if self._pending is not None:
            hint = self._language.gettext("Entered before; type to replace it")
            self.line.setPlaceholderText(hint)

    def clear(self) -> None:
        """Clear the field, and mask it again."""
        self.line.clear()
        self._reveal.setChecked(False)

    @Slot()
    def _on_reveal(self) -> None:
        modes = QLineEdit.EchoMode
        is_revealed = self._reveal.isChecked()
        self.line.setEchoMode(modes.Normal if is_revealed else modes.Password)

    @Slot()
    def _on_paste(self) -> None:
        """Replace the text by the clipboard's; an empty clipboard changes nothing."""
        if text := QGuiApplication.clipboard().text().strip():
            self.line.setText(text)
        self.line.setFocus()
