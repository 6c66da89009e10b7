"""The person's language as the operating system has it set, read through Qt."""

from PySide6.QtCore import QLocale

from trayapp.core.language import Language


def system_language() -> Language:
    """Give the shape of numbers and times that the system is set to."""
    locale = QLocale.system()
    if locale.language() is QLocale.Language.C:
        return Language(zone=None)  # a system that says nothing gets plain English
    groups_four = locale.groupSeparator() in locale.toString(1234)
    return Language(
        decimal_point=locale.decimalPoint(),
        group_separator=locale.groupSeparator(),
        groups_from=4 if groups_four else 5,
        symbol_first=locale.toCurrencyString(1, "¤").startswith("¤"),
        zone=None,
    )
