"""Foreign text is made safe to show."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.i18n.plain_text import one_line, shorten, shorten_utf16, utf16_length

HOSTILE = st.text(st.characters(codec=None), max_size=300)


@given(HOSTILE, st.integers(1, 80))
def test_one_line_is_one_short_visible_line(text: str, limit: int) -> None:
    """Any text gives visible characters only, and at most the limit."""
    shown = one_line(text, limit)
    assert len(shown) <= limit
    assert "\n" not in shown
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} for c in shown)
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  a \n b\t", "a b"),
        ("\ufeffEUR\u202eRUE", "EURRUE"),
        ("\ud800x", "x"),
        ("a\u115f\u1160\u3164\uffa0b", "ab"),
        ("e\u0301", "é"),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_one_line_keeps_the_visible_text(text: str, shown: str) -> None:
    """Blanks collapse, invisible characters are removed, markup stays text."""
    assert one_line(text) == shown


def test_a_cut_text_ends_in_an_ellipsis() -> None:
    """It shows that something is missing."""
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abcd", 4) == "abcd"


@given(HOSTILE, st.integers(1, 127))
def test_a_utf16_limit_never_cuts_a_character(text: str, limit: int) -> None:
    """The result fits and is the beginning of the text."""
    cut = shorten_utf16(text, limit)
    assert utf16_length(cut) <= max(limit, 1)
    assert text.startswith(cut.removesuffix("…").rstrip())


def test_utf16_counts_as_windows_does() -> None:
    """A character outside the basic plane counts twice."""
    assert utf16_length("a€😀") == 4
    assert shorten_utf16("😀" * 64, 127) == "😀" * 63 + "…"
