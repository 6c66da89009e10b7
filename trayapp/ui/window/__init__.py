"""The main window: the cards, what surrounds them, and its own dialogs."""
