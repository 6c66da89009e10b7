"""Installs the packages in a clean Debian, uses the program, and removes them.

    python3 packaging/dev.py package --check

It takes minutes and needs root, so the tests do without it. The clean system has no
Python, no Qt and no compiler, so it shows what a package lacks.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from configparser import ConfigParser
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QImage

from desktop.desktop import Desktop
from desktop.scripted_gateway import ScriptedGateway
from desktop.tray_probe import NoTrayIconError, TrayItem
from linux.clean_root import HOME, PERSON, CleanRoot, why_not
from linux.packages import file_name
from linux.share import DESKTOP_FILE, METAINFO, NAME
from tooling.environment import WORK
from tooling.processes import wait_until
from tooling.steps import StepError, Steps, run_quietly, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

KEY: Final = "399d2b438a53ebed3db8a7d52107f846"
AMOUNT: Final = "350.12"
ROOT: Final = WORK / "clean-root"
PICTURES: Final = WORK / "installed"
ANSWER_S: Final = 30.0
INSTALLED: Final = Path("/usr/bin") / NAME
BY_PERSON: Final = HOME / ".local/bin" / NAME
ENTRY: Final = f".config/autostart/{NAME}.desktop"
WINDOW: Final = "Balance TrayItem"
SETTINGS: Final = "Settings — Balance TrayItem"
PERSONS: Final = (".config", ".local", ".cache")


def check(packages: Path, stem: str, machine: str, share: Path) -> None:
    """Check the formats, then install and use the packages; raise if a step failed."""
    steps = Steps()
    deb, rpm = (packages / file_name(kind, machine) for kind in ("deb", "rpm"))
    with steps.step("desktop file"):
        run_quietly(["desktop-file-validate", share / DESKTOP_FILE])
    with steps.step("metainfo"):
        run_quietly(["appstreamcli", "validate", "--no-net", share / METAINFO])
    with steps.step("lintian"):
        run_quietly(["lintian", "--fail-on=error", "--allow-root", deb])
    with steps.step("rpm"):
        listed = run_quietly(["rpm", "--query", "--list", "--package", rpm])
        _expect(str(INSTALLED) in listed.splitlines(), f"no {INSTALLED} in {rpm.name}")
    reason = why_not()
    if reason:
        say(f"Not installed anywhere: {reason}")
    else:
        with steps.step("in a clean Debian"):
            _check_installed(deb, packages / f"{stem}.tar.xz", steps)
    say(f"\n{steps.summary()}")
    if steps.failed:
        message = "Not every package is as it should be: see above"
        raise StepError(message)


def _check_installed(deb: Path, archive: Path, steps: Steps) -> None:
    with (
        Desktop("xfce") as desktop,
        CleanRoot(ROOT, share=desktop.folder) as root,
        ScriptedGateway() as gateway,
    ):
        gateway.set_balance(KEY, AMOUNT, "EUR")
        _open_to_all(desktop)
        before = root.files()
        with steps.step("apt installs the .deb"):
            _install(root, deb)
        with steps.step("the .deb's program"):
            _use(root, desktop, gateway, [INSTALLED], "deb")
        with steps.step("apt removes the .deb"):
            root.apt("purge", NAME)
            _expect_nothing_left(root, before)
        with steps.step("install.sh installs the archive"):
            _unpack(root, archive)
        with steps.step("the archive's program"):
            _use(root, desktop, gateway, [BY_PERSON], "archive")
        with steps.step("install.sh removes it"):
            own = HOME / f".local/lib/{NAME}/install.sh"
            root.run(own, "--uninstall")
            _expect_nothing_left(root, before)


def _open_to_all(desktop: Desktop) -> None:
    """Let other users use this desktop."""
    desktop.run(["xhost", "+local:"])
    for folder in (desktop.folder, desktop.folder / "run"):
        folder.chmod(0o755)
    (desktop.folder / "run/bus").chmod(0o777)


def _install(root: CleanRoot, deb: Path) -> None:
    root.apt("update")
    (root.folder / "tmp" / deb.name).write_bytes(deb.read_bytes())
    root.apt("install", "--no-install-recommends", f"/tmp/{deb.name}")  # noqa: S108  # its
    added = root.run("dpkg-query", "--show", "--showformat=${Package}\n")
    for unwanted in ("python3", "libqt6core6", "libc6-dev"):
        _expect(unwanted not in added.split(), f"{unwanted} was installed")
    _expect(root.run("dpkg", "--verify", NAME) == "", "dpkg finds changed files")


def _unpack(root: CleanRoot, archive: Path) -> None:
    home = root.folder / HOME.relative_to("/")
    run_quietly(["tar", "--extract", "--file", archive, "--directory", home])
    (unpacked,) = (one for one in home.iterdir() if one.name.startswith(NAME))
    run_quietly(["chown", "--recursive", f"{PERSON}:{PERSON}", unpacked])
    root.run(HOME / unpacked.name / NAME, "--self-test")
    say(root.run(HOME / unpacked.name / "install.sh").rstrip())
    run_quietly(["rm", "-r", unpacked])


def _use(
    root: CleanRoot,
    desktop: Desktop,
    gateway: ScriptedGateway,
    program: Sequence[Path],
    name: str,
) -> None:
    """Add an account, see it in the tray, and end the program."""
    names = ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "LIBGL_ALWAYS_SOFTWARE")
    env = {one: desktop.env[one] for one in names}
    for screen in ("offscreen", "xcb"):
        said = root.run(*program, "--self-test", env={**env, "QT_QPA_PLATFORM": screen})
    say(said.rstrip())
    custom = ["--service", "custom", "--base-url", gateway.url, "--key-stdin"]
    root.run(*program, "account", "add", "Shop", *custom, stdin=f"{KEY}\n", env=env)
    with _running(root, program, env):
        with TrayItem(env["DBUS_SESSION_BUS_ADDRESS"]) as tray:
            _wait_for_balance(tray)
            say(tray.tooltip())
            picture = PICTURES / f"{name}.png"
            before = _middle(desktop, picture)
            tray.activate()
        # A window has its frame before its content.
        wait_until(
            lambda: _middle(desktop, picture) != before, "a drawn window", ANSWER_S
        )
        say(f"Picture: {picture}")
        entry = root.folder / (HOME / ENTRY).relative_to("/")
        _choose_to_start_at_login(desktop, entry)
        root.run(*program, "--quit", env=env)
    started = _command(entry)
    say(f"At login: {shlex.join(started)}")
    same = {root.run("readlink", "-f", one) for one in (started[0], program[0])}
    _expect(len(same) == 1 and started[1:] == ["--minimized"], "it starts another one")
    with _running(root, started, env):
        with TrayItem(env["DBUS_SESSION_BUS_ADDRESS"]) as tray:
            _wait_for_balance(tray)
        _expect(desktop.session.active_window() != WINDOW, "a window at login")
        root.run(*program, "--quit", env=env)
    root.run(*program, "account", "remove", "Shop", env=env)


@contextmanager
def _running(
    root: CleanRoot, command: Sequence[str | Path], env: Mapping[str, str]
) -> Iterator[None]:
    """Start the program; inside, it has to be ended, with exit code 0."""
    running = subprocess.Popen(root.command(*command), env=root.env(env))
    try:
        yield
        _expect(running.wait(ANSWER_S) == 0, "it did not end well")
    finally:
        running.kill()
        running.wait()


def _wait_for_balance(tray: TrayItem) -> None:
    def is_shown() -> bool:
        try:
            return AMOUNT in tray.tooltip()
        except NoTrayIconError:
            return False

    wait_until(is_shown, f"{AMOUNT} in the tray", ANSWER_S)


def _choose_to_start_at_login(desktop: Desktop, entry: Path) -> None:
    """Choose start at login in the settings by the keyboard, once that is possible."""

    def press(*keys: str) -> None:
        desktop.run(["xdotool", "key", "--delay", "300", *keys])

    def is_chosen() -> bool:
        if not entry.exists() and desktop.session.active_window() == WINDOW:
            press("ctrl+comma")
            wait_until(
                lambda: desktop.session.active_window() == SETTINGS, SETTINGS, ANSWER_S
            )
            press("alt+g", "alt+s", "Return")
        return entry.exists()

    wait_until(is_chosen, "an entry that starts it at login", ANSWER_S)


def _command(entry: Path) -> list[str]:
    """Return the command that a login runs."""
    read = ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[method-assign,assignment]  # keys have cases
    read.read(entry, encoding="utf-8")
    return shlex.split(read["Desktop Entry"]["Exec"])


def _middle(desktop: Desktop, picture: Path) -> int:
    """Take a screenshot, and return the colour of its middle."""
    picture.parent.mkdir(exist_ok=True)
    desktop.screenshot(picture)
    image = QImage(str(picture))
    return image.pixel(image.rect().center())


def _expect_nothing_left(root: CleanRoot, before: set[str]) -> None:
    """Fail if files of the program are left, except for the user's own."""
    ours = re.compile(re.escape(NAME).replace("\\-", "[-_.]?"), re.IGNORECASE)
    homes = tuple(str(HOME / one) for one in PERSONS)
    left = [
        one
        for one in sorted(root.files() - before)
        if ours.search(one) and not one.startswith(homes)
    ]
    _expect(not left, f"left behind: {', '.join(left)}")
    share = root.folder / HOME.relative_to("/") / ".local"
    kept = [one for one in share.rglob("*") if one.is_file()]
    wrong = [one for one in kept if f"{NAME}/" not in os.path.relpath(one, share)]
    _expect(not wrong, f"left behind: {', '.join(map(str, wrong))}")
    _expect(not (share / f"lib/{NAME}").exists(), "the program is still there")


def _expect(good: bool, otherwise: str) -> None:  # noqa: FBT001  # it reads as assert
    if not good:
        raise StepError(otherwise)
