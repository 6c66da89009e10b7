"""Collects what a signal emits."""

from typing import TypeVar

from PySide6.QtCore import SignalInstance

_Value = TypeVar("_Value")


def collected(signal: SignalInstance, kind: type[_Value]) -> list[_Value]:
    """Give a list that grows by each value of this kind that the signal emits."""
    values: list[_Value] = []

    def append(value: object) -> None:
        if isinstance(value, kind):
            values.append(value)

    signal.connect(append)
    return values
