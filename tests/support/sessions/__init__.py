"""The program on a desktop, as the end-to-end tests use it."""
