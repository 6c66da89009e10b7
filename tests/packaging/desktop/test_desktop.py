"""The private desktop of other tests, part by part."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.desktop import (
    NOTIFICATIONS_NAME,
    SECRETS_NAME,
    WATCHER_NAME,
    Desktop,
    DesktopError,
    DesktopKind,
)
from tooling.processes import wait_until

pytestmark = pytest.mark.e2e

PROMPTER_NAME = "org.gnome.keyring.SystemPrompter"
STORE = ["secret-tool", "store", "--label=a key", "service", "balance-tray"]
LOOKUP = ["secret-tool", "lookup", "service", "balance-tray"]


@pytest.fixture(scope="module")
def xfce() -> Iterator[Desktop]:
    """Start one full desktop for tests that do not change it."""
    with Desktop("xfce") as desktop:
        yield desktop


def test_the_full_desktop_has_all_its_parts(xfce: Desktop) -> None:
    """A tray host, a notification daemon and a keyring answer on its bus."""
    for name in (WATCHER_NAME, NOTIFICATIONS_NAME, SECRETS_NAME):
        assert xfce.has_name(name)


def test_an_unlocked_keyring_keeps_a_key(xfce: Desktop) -> None:
    """One program stores a key, and another reads it without a prompt."""
    assert xfce.run(STORE, stdin="s3cret").returncode == 0
    assert xfce.run(LOOKUP).stdout == "s3cret"


def test_nothing_of_the_person_is_shared(xfce: Desktop) -> None:
    """Home, buses and files are the session's own, and no other user reads them."""
    private = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    for name in (*private, "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        assert Path(xfce.env[name]).is_relative_to(xfce.folder)
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        assert str(xfce.folder) in xfce.env[name]
    mode = Path(xfce.env["XDG_RUNTIME_DIR"]).stat().st_mode
    assert stat.S_IMODE(mode) == 0o700
    assert not [name for name in xfce.env if "proxy" in name.lower()]


def test_a_screenshot_is_a_picture(xfce: Desktop, tmp_path: Path) -> None:
    """A person can look at the screen."""
    xfce.screenshot(tmp_path / "screen.png")

    assert (tmp_path / "screen.png").read_bytes().startswith(b"\x89PNG")


def test_a_taskbar_can_crash_and_restart(xfce: Desktop) -> None:
    """The tray host leaves the bus and returns to it."""
    xfce.stop_taskbar()
    assert not xfce.has_name(WATCHER_NAME)

    xfce.start_taskbar()
    assert xfce.has_name(WATCHER_NAME)


def test_notifications_can_stop_and_come_back(xfce: Desktop) -> None:
    """The notification daemon leaves the bus, and nothing starts it unasked."""
    xfce.stop_notifications()
    assert not xfce.has_name(NOTIFICATIONS_NAME)

    xfce.start_notifications()
    assert xfce.has_name(NOTIFICATIONS_NAME)


def test_a_locked_keyring_asks_and_nothing_answers() -> None:
    """Reading a key waits at the prompt, until the keyring is unlocked."""
    with Desktop("none", notifications=False) as desktop:
        desktop.run(STORE, stdin="s3cret")
        desktop.lock_keyring()

        reader = desktop.spawn(LOOKUP)
        desktop.wait_for_name(PROMPTER_NAME)
        window = ["xdotool", "search", "--onlyvisible", "--name", "Unlock"]
        wait_until(lambda: desktop.run(window).returncode == 0, "the prompt", 20)
        assert reader.poll() is None

        desktop.unlock_keyring()
        assert desktop.run(LOOKUP).stdout == "s3cret"


def test_a_locked_keyring_without_a_prompter_gives_nothing() -> None:
    """Without a prompt, reading a key ends at once without a result."""
    with Desktop(
        "none", notifications=False, keyring="locked", prompter=False
    ) as desktop:
        assert desktop.has_name(SECRETS_NAME)
        assert desktop.run(STORE, stdin="s3cret").returncode != 0
        assert not desktop.has_name(PROMPTER_NAME)


def test_parts_that_were_not_asked_for_are_not_there() -> None:
    """A bare desktop has no tray, no notifications and no keyring."""
    with Desktop("none", notifications=False, keyring="absent") as desktop:
        for name in (WATCHER_NAME, NOTIFICATIONS_NAME, SECRETS_NAME):
            assert not desktop.has_name(name)


def test_the_old_tray_is_no_status_notifier() -> None:
    """The XEmbed host shows a tray on the screen and none on the bus."""
    with Desktop("xembed", keyring="absent") as desktop:
        tray = ["xdotool", "search", "--onlyvisible", "--class", "trayer"]

        assert desktop.run(tray).returncode == 0
        assert not desktop.has_name(WATCHER_NAME)


@pytest.mark.parametrize(
    ("kind", "has_tray"),
    [("plasma", True), ("gnome", True), ("gnome-bare", False), ("sway", True)],
)
def test_each_kind_of_desktop_is_whole(
    kind: DesktopKind, *, has_tray: bool, tmp_path: Path
) -> None:
    """It has notifications, a keyring, a screen, and a tray if its kind has one."""
    with Desktop(kind) as desktop:
        assert desktop.has_name(NOTIFICATIONS_NAME)
        assert desktop.has_name(SECRETS_NAME)
        assert desktop.has_name(WATCHER_NAME) is has_tray
        desktop.screenshot(tmp_path / "screen.png")

    assert (tmp_path / "screen.png").read_bytes().startswith(b"\x89PNG")


def test_the_tray_of_gnome_can_be_turned_off_and_on() -> None:
    """It is an extension, which people switch on while programs run."""
    with Desktop("gnome", keyring="absent") as desktop:
        desktop.stop_taskbar()
        assert not desktop.has_name(WATCHER_NAME)

        desktop.start_taskbar()
        assert desktop.has_name(WATCHER_NAME)


@pytest.mark.parametrize("kind", ["xfce", "plasma", "gnome", "sway"])
def test_nothing_stays_behind(kind: DesktopKind) -> None:
    """Leaving the desktop ends all its processes and removes its folder."""
    with Desktop(kind) as desktop:
        assert desktop.members()

    assert desktop.members() == []
    assert not desktop.folder.exists()


def test_a_missing_program_is_named() -> None:
    """A desktop that can't start names the missing program, and leaves nothing."""
    desktop = Desktop("none", env={"PATH": "/nowhere"})

    with pytest.raises(DesktopError, match="Xvfb is not installed"), desktop:
        pass
    assert not desktop.folder.exists()


def test_a_part_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    """The message has the part's name and the end of its log."""
    server = tmp_path / "Xvfb"
    server.write_text("#!/bin/sh\necho no room for a screen; exit 1\n")
    server.chmod(0o755)
    desktop = Desktop("none", env={"PATH": f"{tmp_path}:/usr/bin:/bin"})

    with pytest.raises(DesktopError, match=r"Xvfb(?s:.*)no room"), desktop:
        pass
