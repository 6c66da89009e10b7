"""What tray, card, history window and reports say, as values. No widgets."""
