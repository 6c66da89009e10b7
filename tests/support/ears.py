"""Who hears what other starts of the program say to the running one."""

from PySide6.QtCore import QObject, Slot

from trayapp.qt.instance import Instance


class Ears(QObject):
    """Keeps the words."""

    def __init__(self, instance: Instance) -> None:
        super().__init__()
        self.words: list[str] = []
        instance.called.connect(self.hear)

    @Slot(str)
    def hear(self, word: str) -> None:
        """Keep it."""
        self.words.append(word)
