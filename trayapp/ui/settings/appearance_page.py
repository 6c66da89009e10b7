"""The settings of what is seen: the tray icon's style, and whether amounts are."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language, mark
from trayapp.core.settings import IconStyle, Settings
from trayapp.core.view.gauge import Gauge
from trayapp.ui.icons.icons import gauge_icon
from trayapp.ui.icons.taskbar import taskbar_ink
from trayapp.ui.widgets.fields import ComboBox
from trayapp.ui.widgets.option import Option
from trayapp.ui.widgets.rows import Explained, Rows

_STYLES: Final = {
    IconStyle.COLOUR: mark("In colour"),
    # Translators: a style of the tray icon: in the colour of the panel's other icons.
    IconStyle.PANEL: mark("Like the panel's own icons"),
    IconStyle.LIGHT: mark("Light, for a dark panel"),
    IconStyle.DARK: mark("Dark, for a light panel"),
    # Translators: a style of the tray icon: a short number such as "350" or "1.2k".
    IconStyle.NUMBER: mark("The amount as a number"),
}
_EXAMPLE: Final = Gauge(Status.OK, 0.625, "350")
_PREVIEW: Final = 22


class AppearancePage(QWidget):
    """Shows how the program looks, each choice with its picture."""

    def __init__(self, settings: Settings, language: Language) -> None:
        super().__init__()
        translate = language.gettext
        self._style = _choice_of_styles(settings.icon, language)
        advice = translate("Where the panel's colour isn't known, it stays in colour.")
        self._discreet = Option(
            translate("&Hide amounts until I ask for them"),
            on=settings.discreet,
            advice=translate(
                "For screens that others see: tray, notifications and window show "
                "states and days, no amounts. The window shows them on a click."
            ),
        )
        rows = Rows()
        explained = Explained(self._style, advice)
        rows.add(translate("Tray &icon:"), explained, self._style)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(self.fontMetrics().height())
        whole.addLayout(rows)
        whole.addWidget(self._discreet)
        whole.addStretch(1)

    def icon(self) -> IconStyle:
        """Give how the tray icon is to be painted."""
        return IconStyle(self._style.currentData())

    def discreet(self) -> bool:
        """Say whether amounts are to be hidden."""
        return self._discreet.on


def _choice_of_styles(chosen: IconStyle, language: Language) -> ComboBox:
    box = ComboBox()
    box.setIconSize(QSize(_PREVIEW, _PREVIEW))
    ink = taskbar_ink()
    for style, name in _STYLES.items():
        picture = gauge_icon(_EXAMPLE, style, ink)
        box.addItem(picture, language.gettext(name), style.value)
    box.setCurrentIndex(box.findData(chosen.value))
    return box
