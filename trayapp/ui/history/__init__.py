"""The history window with its chart and its table of months."""
