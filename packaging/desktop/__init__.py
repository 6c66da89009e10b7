"""Desktop sessions without a screen, and what a program on one is driven with."""
