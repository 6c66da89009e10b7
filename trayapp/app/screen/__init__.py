"""What is on the screen: the presenter, the lazy window, the tray fallback."""
