"""The window, made when it is first needed, and what it has to say until then.

Most starts, at login, need none for hours: it would be a third of the program's memory,
and of the time until the first balance.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from trayapp.ui.window.window import Window


class LazyWindow(QObject):
    """Makes the window once.

    Signals:
        made(Window): it is there now, and not shown yet.
    """

    made = Signal(object)

    def __init__(
        self, make: "Callable[[], Window]", parent: QObject | None = None
    ) -> None:
        """Take a function that makes it, and imports what that needs."""
        super().__init__(parent)
        self._make = make
        self._window: Window | None = None
        self._banners: dict[str, tuple[str, bool]] = {}

    @property
    def window(self) -> "Window":
        """The window; it is made by the first who asks for it."""
        if self._window is None:
            self._window = self._make()
            for topic, (text, is_fault) in self._banners.items():
                self._window.show_banner(topic, text, is_fault=is_fault)
            self._banners.clear()
            self.made.emit(self._window)
        return self._window

    @property
    def present(self) -> "Window | None":
        """The window, if it is made."""
        return self._window

    @property
    def is_visible(self) -> bool:
        """Whether it is made and on the screen."""
        return self._window is not None and self._window.isVisible()

    def show_banner(
        self, topic: str, text: str | None, *, is_fault: bool = False
    ) -> None:
        """Say something in it, or no longer (None); once it is there, if it isn't."""
        if self._window is not None:
            self._window.show_banner(topic, text, is_fault=is_fault)
        elif text is None:
            self._banners.pop(topic, None)
        else:
            self._banners[topic] = (text, is_fault)
