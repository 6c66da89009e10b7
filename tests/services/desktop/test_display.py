"""Two processes on one display, or on two."""

from collections.abc import Mapping

import pytest

from trayapp.services.desktop.display import UNKNOWN_DISPLAY, Display

pytestmark = pytest.mark.case("8", "one program per profile, whatever the screens")
RUN = {"XDG_RUNTIME_DIR": "/run/user/1000"}
X_SESSION = {**RUN, "DISPLAY": ":0", "XDG_SESSION_ID": "2"}
WAYLAND_SESSION = {**X_SESSION, "WAYLAND_DISPLAY": "wayland-0"}


def x11(environ: Mapping[str, str]) -> Display:
    """Return the display of a program that uses X."""
    return Display.of_process("xcb", environ)


def wayland(environ: Mapping[str, str]) -> Display:
    """Return the display of a program that uses Wayland."""
    return Display.of_process("wayland", environ)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (x11(X_SESSION), x11(X_SESSION)),
        (x11(X_SESSION), x11({"DISPLAY": ":0.1"})),
        (x11(X_SESSION), x11({"DISPLAY": "unix:0"})),
        (x11(X_SESSION), x11({**X_SESSION, "XDG_SESSION_ID": "3"})),
        (wayland(WAYLAND_SESSION), wayland(RUN)),
        (wayland(WAYLAND_SESSION), Display.of_process("wayland-egl", WAYLAND_SESSION)),
        # Both kinds are in a session with Wayland.
        (wayland(WAYLAND_SESSION), x11(X_SESSION)),
        (wayland(WAYLAND_SESSION), x11({**WAYLAND_SESSION, "XDG_SESSION_ID": "3"})),
        (wayland({**RUN, "XDG_SESSION_ID": "2"}), x11(X_SESSION)),
        (wayland(RUN), x11({"DISPLAY": ":0"})),
        # Nothing can be compared.
        (x11(X_SESSION), UNKNOWN_DISPLAY),
        (x11(X_SESSION), x11({})),
        (Display.of_process("offscreen", X_SESSION), x11({"DISPLAY": ":7"})),
        (Display.of_process("windows", {}), Display.of_process("windows", {})),
    ],
)
def test_one_display(first: Display, second: Display) -> None:
    """Also where nothing says otherwise."""
    assert not first.differs_from(second)
    assert not second.differs_from(first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (x11(X_SESSION), x11({**X_SESSION, "DISPLAY": ":10"})),
        # Over a network, and with a variable that the other session set.
        (x11(X_SESSION), x11({"DISPLAY": "localhost:10.0"})),
        (x11(WAYLAND_SESSION), x11({**WAYLAND_SESSION, "DISPLAY": ":10"})),
        (
            wayland(WAYLAND_SESSION),
            wayland({**WAYLAND_SESSION, "WAYLAND_DISPLAY": "wayland-1"}),
        ),
        (
            wayland(WAYLAND_SESSION),
            x11({**RUN, "DISPLAY": ":10", "XDG_SESSION_ID": "c7"}),
        ),
    ],
)
def test_two_displays(first: Display, second: Display) -> None:
    """Whichever of the two programs runs."""
    assert first.differs_from(second)
    assert second.differs_from(first)


@pytest.mark.parametrize(
    "display",
    [
        wayland(WAYLAND_SESSION),
        x11({"DISPLAY": "a strange\none"}),
        Display("xcb", "\t", "\udcff", ""),
        Display("xcb", "x" * 10_000),
    ],
)
def test_a_display_is_one_short_line(display: Display) -> None:
    """It has the four fields, whatever stands in them."""
    line = display.line()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert len(line) < 1_000
    assert Display.read(line).platform == display.platform


@pytest.mark.parametrize("line", [b"", b"\n", b"xcb\t:0\n", b"\xff" * 99, b"\t" * 9])
def test_any_other_line_is_an_unknown_display(line: bytes) -> None:
    """An older program replies nothing."""
    assert Display.read(line) == UNKNOWN_DISPLAY


def test_a_person_reads_the_usual_name() -> None:
    """The name that the session's variable has."""
    assert x11(X_SESSION).name == ":0"
    assert wayland(WAYLAND_SESSION).name == "wayland-0"
    assert UNKNOWN_DISPLAY.name == ""
