"""Checks of the code that are programs of their own: fuzzing, mutants, English."""
