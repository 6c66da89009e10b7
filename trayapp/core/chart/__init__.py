"""The chart's geometry: axes, lines and points. Nothing is painted here."""
