"""Desktop entries: one line changes, all others stay unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trayapp.core.autostart.desktop_entry import (
    DesktopEntry,
    command_line,
    command_words,
)

FOREIGN = """# kept by hand
[Desktop Entry]
Type = Application
Exec=old
Exec[de]=alt

X-Unknown=a;b\\;c;

[Desktop Action other]
Exec=never
"""
WORDS = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n"))
)


def test_a_value_is_found_with_spaces_around_it() -> None:
    """Desktops read it so."""
    entry = DesktopEntry.parse(FOREIGN)
    assert (entry.get("Type"), entry.get("Exec")) == ("Application", "old")
    assert entry.get("Exec[de]") == "alt"


def test_values_of_other_groups_do_not_count() -> None:
    """An action's command starts nothing at login."""
    entry = DesktopEntry.parse(
        "[Other]\nExec=no\n[Desktop Entry]\nName=N\n[Third]\nIcon=i\n"
    )
    assert [entry.get(key) for key in ("Exec", "Name", "Icon")] == [None, "N", None]
    assert entry.keys == ("Name", "[Other]", "[Third]")


def test_the_last_of_two_values_counts() -> None:
    """As with GLib; a change leaves only one."""
    entry = DesktopEntry.parse("[Desktop Entry]\nExec=a\nName=N\nExec=b\n")
    assert entry.get("Exec") == "b"
    assert entry.with_value("Exec", "c").text == "[Desktop Entry]\nName=N\nExec=c\n"


def test_one_line_changes_and_no_other() -> None:
    """Comments, unknown keys, other groups and blank lines stay."""
    entry = DesktopEntry.parse(FOREIGN)
    assert entry.text == FOREIGN
    assert entry.with_value("Exec", "new").text == FOREIGN.replace(
        "Exec=old", "Exec=new"
    )


def test_a_new_line_comes_at_the_end_of_its_group() -> None:
    """It stands before the blank line that ends the group."""
    said = DesktopEntry.parse(FOREIGN).with_value("Hidden", "true").text
    assert said == FOREIGN.replace("c;\n\n", "c;\nHidden=true\n\n")


def test_a_key_is_removed() -> None:
    """A missing key is no error."""
    entry = (
        DesktopEntry.parse(FOREIGN).with_value("Exec", None).with_value("Hidden", None)
    )
    assert entry.text == FOREIGN.replace("Exec=old\n", "")


def test_comments_are_no_keys() -> None:
    """Not even a comment with an equals sign."""
    entry = DesktopEntry.parse("[Desktop Entry]\n# Exec=no\n")
    assert (entry.get("# Exec"), entry.get("Exec"), entry.keys) == (None, None, ())


@pytest.mark.parametrize(
    ("text", "is_sound"),
    [
        (FOREIGN, True),
        ("\n# a\n[Desktop Entry]\nA=\n", True),
        ("", False),
        ("A=b\n[Desktop Entry]\n", False),
        ("[Other]\n[Desktop Entry]\n", False),
        ("[Desktop Entry]\nwords\n", False),
        ("[Desktop Entry]\n=b\n", False),
    ],
)
def test_an_entry_is_sound_if_desktops_read_it(
    text: str,
    is_sound: bool,  # noqa: FBT001  # pytest passes it by name
) -> None:
    """Its group comes first, and each line is a known form."""
    assert DesktopEntry.parse(text).is_sound is is_sound


def test_text_without_the_group_has_no_values() -> None:
    """Such as an empty file."""
    for text in ("", "Exec=a\n", "\0\1\2"):
        assert DesktopEntry.parse(text).get("Exec") is None
        assert DesktopEntry.parse(text).keys == ()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["/usr/bin/a", "--minimized"], "/usr/bin/a --minimized"),
        (["/home/a b/c"], '"/home/a b/c"'),
        (["/100%/a"], "/100%%/a"),
        (["/a&b"], '"/a&b"'),
        (['a"b`c$d\\e'], '"a\\"b\\`c\\$d\\\\e"'),
        (["/ö/µ"], "/ö/µ"),
        ([""], '""'),
    ],
)
def test_a_command_is_quoted_by_the_specification(words: list[str], line: str) -> None:
    """Reserved characters are quoted, and four of them escaped."""
    assert command_line(words) == line
    assert command_words(line) == tuple(words)


def test_a_backslash_is_escaped_again_in_the_file() -> None:
    """First in the command, then in the value."""
    entry = DesktopEntry.of([("Exec", command_line(["/a\\b $c"]))])
    assert entry.text == '[Desktop Entry]\nExec="/a\\\\\\\\b \\\\$c"\n'


def test_field_codes_are_left_out() -> None:
    """At login there is no file to fill in."""
    assert command_words("a --open %U b%%c") == ("a", "--open", "b%c")


@pytest.mark.parametrize("line", ['a "b', 'a b"c"', '"a"b'])
def test_a_malformed_command_has_no_words(line: str) -> None:
    """Desktops read it in different ways."""
    assert command_words(line) == ()


@given(WORDS)
def test_any_command_is_read_as_it_was_written(words: list[str]) -> None:
    """Through the file and back."""
    entry = DesktopEntry.of([("Exec", command_line(words)), ("Name", "N")])
    read = DesktopEntry.parse(entry.text)
    assert command_words(read.get("Exec") or "") == tuple(words)


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"])),
)
def test_any_text_can_be_changed(text: str, value: str) -> None:
    """Its other lines stay unchanged."""
    entry = DesktopEntry.parse(f"[Desktop Entry]\n{text}")
    changed = entry.with_value("X-Ours", value)
    assert changed.get("X-Ours") == value
    assert (
        changed.with_value("X-Ours", None).text == entry.with_value("X-Ours", None).text
    )
