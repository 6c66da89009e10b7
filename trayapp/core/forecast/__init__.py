"""The run-out day as a range, and the spending that it is estimated from."""
