"""Ties the layers together: start, wiring, presenter, controllers. No widgets."""
