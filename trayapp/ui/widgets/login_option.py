"""The option to start at login, as the desktop has it."""

from trayapp.core.autostart.login import LoginEntryState, login_advice
from trayapp.core.i18n.language import Language
from trayapp.ui.widgets.option import Option


class LoginOption(Option):
    """Is disabled until `show_login` brings the desktop's state."""

    def __init__(self, language: Language) -> None:
        super().__init__(
            language.gettext("&Start Balance Tray when I log in"),
            on=False,
            advice=login_advice(LoginEntryState.OFF, language),
        )
        self._language = language
        self._login: LoginEntryState | None = None
        self.box.setEnabled(False)

    def show_login(self, login: LoginEntryState) -> None:
        """Show the desktop's state; keep what a person chose meanwhile."""
        if self.chosen() is None:
            self.box.setChecked(login.is_on)
        self._login = login
        self.box.setEnabled(login.can_change)
        self.advise(login_advice(login, self._language))

    def chosen(self) -> bool | None:
        """Return what a person chose; None if it equals the desktop's state."""
        if self._login is None or self.on is self._login.is_on:
            return None
        return self.on
