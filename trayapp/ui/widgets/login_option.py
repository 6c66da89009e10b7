"""The choice to start at login: shown as the desktop has it, once that is known."""

from trayapp.core.autostart.login import LoginEntryState, login_advice
from trayapp.core.i18n.language import Language
from trayapp.ui.widgets.option import Option


class LoginOption(Option):
    """Rests until it is told what the desktop has."""

    def __init__(self, language: Language) -> None:
        super().__init__(
            language.gettext("&Start Balance Tray when I log in"),
            on=False,
            advice=login_advice(LoginEntryState.OFF, language),
        )
        self._language = language
        self._seen: LoginEntryState | None = None
        self.box.setEnabled(False)

    def show_login(self, login: LoginEntryState) -> None:
        """Show what the desktop has; what a person chose meanwhile stays."""
        if self.chosen() is None:
            self.box.setChecked(login.is_on)
        self._seen = login
        self.box.setEnabled(login.can_change)
        self.advise(login_advice(login, self._language))

    def chosen(self) -> bool | None:
        """Give what a person chose; None if they left it as the desktop has it."""
        if self._seen is None or self.on is self._seen.is_on:
            return None
        return self.on
