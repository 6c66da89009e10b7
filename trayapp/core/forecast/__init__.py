"""The run-out date as a range, and the spending that it is estimated from."""
