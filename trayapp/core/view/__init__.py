"""What the tray, a card, the history window and diagnostics show. No widgets."""
