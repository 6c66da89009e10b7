"""An icon in the old kind of tray, which is but a window: seen and used as by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.atspi import ScreenReader
    from desktop.desktop import Desktop


@dataclass(frozen=True, slots=True)
class XembedIcon:
    """Our icon where XEmbed hosts it, in the screen's upper right corner."""

    desktop: Desktop
    screen: ScreenReader

    def says(self, words: str) -> None:
        """Wait until the tooltip under the pointer holds these words."""
        self._point_at("640", "400")
        self._point_at("1260", "12")
        self._point_at("1266", "14")
        self.screen.program("alance").find("tool tip", words)

    def first_line(self) -> str:
        """Open the menu, read its first line, and close it again."""
        self._click("3")
        down = ["xdotool", "key", "Down"]
        line = self.screen.focused_by(lambda: self.desktop.run(down), "menu item").name
        self.desktop.run(["xdotool", "key", "Escape"])
        return line

    def choose(self, letter: str) -> None:
        """Choose an entry of the menu by its underlined letter."""
        self._click("3")
        self.desktop.run(["xdotool", "key", letter])

    def activate(self) -> None:
        """Click on it."""
        self._click("1")

    def middle_click(self) -> None:
        """Click with the middle button."""
        self._click("2")

    def _click(self, button: str) -> None:
        self._point_at("1266", "14")
        self.desktop.run(["xdotool", "click", button])

    def _point_at(self, x: str, y: str) -> None:
        self.desktop.run(["xdotool", "mousemove", x, y])
