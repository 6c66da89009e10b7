"""Pictures of the running program: README, faults, sheets of windows and icons."""
