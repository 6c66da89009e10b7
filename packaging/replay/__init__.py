"""The measurement of `dev.py replay`: how often the run-out day is right."""
