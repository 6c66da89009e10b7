"""Any autostart entry can be switched on and off."""

import contextlib
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzzing.targets import LoginEntryTarget

if sys.platform == "win32":
    pytest.skip("it has no such files", allow_module_level=True)

KEYS = st.sampled_from(
    [
        *("Type", "Exec", "TryExec", "Hidden", "OnlyShowIn", "NotShowIn"),
        *("X-GNOME-Autostart-enabled", "X-MATE-Autostart-enabled", "Exec[de]"),
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        [
            *("true", "false", "Application", "GNOME;", "KDE;GNOME;", ";"),
            *(sys.executable, "/gone --minimized", f"{sys.executable} --minimized"),
            *('"a b" %f', "env A=1 sh -c 'a'", '"', "\\", "%%", "sh"),
        ]
    ),
    st.text(max_size=20),
)
LINES = st.one_of(
    st.builds("{}={}".format, KEYS, VALUES),
    st.sampled_from(["[Desktop Entry]", "[Desktop Action x]", "# Hidden=true", ""]),
    st.text(max_size=20),
)


@pytest.fixture(scope="module")
def entry() -> Iterator[LoginEntryTarget]:
    """Give a folder for entries."""
    with contextlib.closing(LoginEntryTarget()) as target:
        yield target


@settings(max_examples=200, deadline=None)  # files are written, on a busy machine
@given(st.lists(LINES, max_size=12))
def test_entries_of_any_lines_can_be_switched(
    entry: LoginEntryTarget, lines: list[str]
) -> None:
    """Most of them are almost right."""
    text = "\n".join(["[Desktop Entry]", *lines, ""])
    entry(text.encode("utf-8", "replace"))


@settings(max_examples=200, deadline=None)  # as above
@given(st.binary(max_size=200))
def test_any_bytes_can_be_switched(entry: LoginEntryTarget, data: bytes) -> None:
    """Any program may have written them."""
    entry(data)
