"""One account in the window. It knows its card alone, not the other accounts."""
