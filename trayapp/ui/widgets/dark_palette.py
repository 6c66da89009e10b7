"""A dark palette, for desktops with a dark theme that Qt doesn't know."""

from typing import Final

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette

_ROLES: Final = {
    QPalette.ColorRole.Window: "#2b2d30",
    QPalette.ColorRole.WindowText: "#f2f2f2",
    QPalette.ColorRole.Base: "#1f2124",
    QPalette.ColorRole.AlternateBase: "#26282b",
    QPalette.ColorRole.Text: "#f2f2f2",
    QPalette.ColorRole.Button: "#3a3d41",
    QPalette.ColorRole.ButtonText: "#f2f2f2",
    QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.ToolTipBase: "#3a3d41",
    QPalette.ColorRole.ToolTipText: "#f2f2f2",
    QPalette.ColorRole.PlaceholderText: "#b4b7bb",
    QPalette.ColorRole.Highlight: "#2f6fd0",
    QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.Link: "#8ab8ff",
    QPalette.ColorRole.LinkVisited: "#c3a6ff",
    QPalette.ColorRole.Light: "#4a4d52",
    QPalette.ColorRole.Midlight: "#404347",
    QPalette.ColorRole.Mid: "#232528",
    QPalette.ColorRole.Dark: "#1a1c1e",
    QPalette.ColorRole.Shadow: "#000000",
}
_DISABLED_TEXT: Final = QColor("#8b8f94")
_TEXT_ROLES: Final = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
)


def dark_palette() -> QPalette:
    """Return the palette."""
    palette = QPalette()
    for role, colour in _ROLES.items():
        palette.setColor(role, QColor(colour))
    for role in _TEXT_ROLES:
        palette.setColor(QPalette.ColorGroup.Disabled, role, _DISABLED_TEXT)
    return palette


class Palettes(QObject):
    """Sets the palette of the application: dark, or the desktop's."""

    def __init__(self, application: QGuiApplication) -> None:
        super().__init__(application)
        self._application = application

    @Slot(bool)
    def show_dark(self, dark: bool) -> None:  # noqa: FBT001  # as the signal brings it
        """Use the dark palette or not; do nothing where Qt knows the colour scheme."""
        if self._application.styleHints().colorScheme() is Qt.ColorScheme.Unknown:
            # An empty palette restores the default.
            self._application.setPalette(dark_palette() if dark else QPalette())
