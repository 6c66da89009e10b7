"""A tab of the settings dialog that shows settings one below the other."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trayapp.core.i18n.language import Language
from trayapp.core.settings import SETTINGS, Settings, SettingsTab
from trayapp.ui.settings.setting_fields import SettingField, setting_field
from trayapp.ui.widgets.option import Option
from trayapp.ui.widgets.rows import Explained, Rows


def tab_fields(
    tab: SettingsTab, settings: Settings, language: Language
) -> dict[str, SettingField]:
    """Make the widgets of a tab, by the names of the settings."""
    return {
        name: setting_field(setting, getattr(settings, name), language)
        for name, setting in SETTINGS.items()
        if setting.tab is tab
    }


class SettingsPage(QWidget):
    """Shows the settings of one tab: lists with their labels, then check boxes."""

    def __init__(
        self,
        tab: SettingsTab,
        settings: Settings,
        language: Language,
        *below: QWidget,
    ) -> None:
        """Put the widgets `below` under the settings."""
        super().__init__()
        self.tab = tab
        self.fields = tab_fields(tab, settings, language)
        em = self.fontMetrics().height()
        translate, rows = language.gettext, Rows()
        rows.setVerticalSpacing(em // 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(em)
        layout.addLayout(rows)
        for name, field in self.fields.items():
            if isinstance(field, Option):
                layout.addWidget(field)
            else:
                explained = Explained(field, translate(SETTINGS[name].help))
                rows.add(translate(SETTINGS[name].label), explained, field)
        for widget in below:
            layout.addWidget(widget)
        layout.addStretch(1)
