"""The one command of a checkout: run, test, check, build, lock and the rest.

    python3 packaging/dev.py test

It installs what a command needs: system packages on Debian and its derivatives, a
virtual environment with pinned packages, and the program. A second run skips that.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Final

if sys.version_info < (3, 11):  # noqa: UP036  # people start this with any Python
    sys.exit("Balance Tray needs Python 3.11 or newer, not " + sys.version.split()[0])

from linux import fresh_root
from tooling import environment, system
from tooling.environment import PYTHON, ROOT, RUN_MODULE, WINDOWS, WORK
from tooling.steps import StepError, Steps, run_loudly, run_quietly, say

if TYPE_CHECKING:
    from collections.abc import Sequence

LINUX: Final = sys.platform == "linux"
DEMO_SECONDS: Final = 20.0
XCB: Final = "lib/python*/site-packages/PySide6/Qt/plugins/platforms/libqxcb.so"

DIST: Final = WORK / "dist"
BUNDLE: Final = DIST / "balance-tray"
EXECUTABLE: Final = BUNDLE / ("balance-tray.exe" if WINDOWS else "balance-tray")
BUILT_FROM: Final = DIST / "built-from.txt"
PARTS_OF_THE_BUNDLE: Final = (
    "trayapp",
    "resources",
    "packaging/build",
    "packaging/licenses",
    "packaging/macos",
    "packaging/requirements",
    "packaging/windows",
)

SHEETS: Final = WORK / "sheets"
SCRIPTS: Final = {
    "bench": "bench.main",
    "faults": "pictures.faults",
    "fuzz": "checks.fuzz",
    "mutate": "checks.mutation",
    "package": "build.pack",
    "replay": "replay.main",
    "sbom": "build.sbom",
    "shots": "pictures.readme",
    "translate": "i18n.translations",
}
"""Commands that are programs of their own."""

UV: Final = "uv==0.13.9"
COMPILE: Final = (
    "pip",
    "compile",
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
)
LOCKED: Final = {
    "run": "pyproject.toml",
    "dev": "--group=dev",
    "build": "--group=build",
    "package": "--group=package",
    "sbom": "--group=sbom",
    "fuzz": "--group=fuzz",
    "mutate": "--group=mutate",
}


def main() -> int:
    """Run the command of the command line; 0 if it succeeded."""
    asked, rest = _read_command_line()
    os.chdir(ROOT)
    environment.use_work_folder()
    try:
        if asked.command == "run":
            run(rest, asked.seconds)
        elif asked.command == "test":
            if asked.in_root:
                no_bundle = ["--no-bundle"] if asked.no_bundle else []
                fresh_root.test(asked.in_root, [*no_bundle, *rest])
            else:
                test(rest, with_bundle=not asked.no_bundle)
        elif asked.command == "check":
            prepare()
            finish(check())
        elif asked.command == "build":
            prepare(bundle=True)
            build()
        elif asked.command == "lock":
            lock(rest)
        else:
            run_script(asked.command, rest)
    except StepError as exc:
        say(str(exc))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def run_script(command: str, args: Sequence[str]) -> None:
    """Run a command that is a program of its own, after installing what it needs."""
    packing = command == "package" and "--check" in args
    prepare(
        desktop=command in {"bench", "faults", "shots"} or packing,
        peers=command == "bench" and "--no-peers" not in args,
        bundle=command == "package",
        packing=packing,
    )
    if command in {"fuzz", "mutate", "sbom"}:
        environment.ensure(command)
    if command == "package":
        environment.ensure("package")
        build()
    run_loudly([PYTHON, RUN_MODULE, SCRIPTS[command], *args])
    if command == "shots":
        sheets()


def prepare(
    *,
    desktop: bool = False,
    sessions: bool = False,
    bundle: bool = False,
    peers: bool = False,
    packing: bool = False,
) -> None:
    """Install the system packages and the virtual environment that a command needs."""
    packages = [*system.venv_packages(), *system.QT]
    if desktop:
        packages += (*system.DESKTOP, *system.spreadsheet_packages())
    if sessions:
        packages += system.SESSIONS
    if bundle:
        packages += system.bundle_packages()
    if peers:
        packages += system.PEERS
    if packing:
        packages += system.PACKAGES
    if LINUX:
        system.ensure(packages)
    environment.ensure("run", "dev", *(["build"] if bundle else []))
    for library in system.missing_libraries(next(environment.VENV.glob(XCB), None)):
        say(f"Qt cannot load {library}: install the package that has it")


def run(args: Sequence[str], seconds: float) -> None:
    """Start the program; on a private desktop where there is no screen."""
    displays = (os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    has_screen = not LINUX or any(displays)
    prepare(desktop=not has_screen)
    if not opens_window(args):
        run_loudly([PYTHON, "-m", "trayapp", *args])
        return
    if "--demo" not in args and not (has_screen and has_account()):
        say("No account is set up here: starting the demo (--demo)")
        args = [*args, "--demo"]
    if has_screen:
        run_loudly([PYTHON, "-m", "trayapp", *args])
        return
    say(f"No screen: showing it on a desktop of our own for {seconds:g} seconds …")
    run_loudly([PYTHON, RUN_MODULE, "pictures.show", f"{seconds:g}", *args])


def opens_window(args: Sequence[str]) -> bool:
    """Whether arguments start the program in the tray, and no command."""
    return set(args) <= {"--demo", "--minimized", "--verbose"}


def has_account() -> bool:
    """Whether an account is set up, or the settings are too broken to know."""
    try:
        listed = run_quietly([PYTHON, "-m", "trayapp", "account", "list"])
    except StepError:
        return True
    # A table has a header; without accounts, the output is one line.
    return len(listed.splitlines()) > 1


def test(args: Sequence[str], *, with_bundle: bool) -> None:
    """Check, build what the tests need, and run pytest; raise if any of it failed.

    Later steps run even if earlier ones fail, so that one run shows every failure.
    """
    prepare(desktop=LINUX, sessions=LINUX, bundle=with_bundle)
    steps = check()
    chosen = [] if with_bundle else ["-m", "not bundle"]
    if with_bundle:
        with steps.step("build"):
            if BUILT_FROM.exists() and BUILT_FROM.read_text() == _source_digest():
                say("The bundle is up to date")
            else:
                build()
        os.environ["BALANCE_TRAY_BUNDLE"] = str(EXECUTABLE)
    with steps.step("tests"):
        run_loudly([PYTHON, "-m", "pytest", *chosen, *args])
    finish(steps)


def check() -> Steps:
    """Check the code without running it; every step runs even if one fails."""
    steps = Steps()
    for title, program in (
        ("lint", ["-m", "ruff", "check", "--quiet"]),
        ("format", ["-m", "ruff", "format", "--check", "--quiet"]),
        ("types", ["-m", "mypy"]),
        ("translations", [RUN_MODULE, SCRIPTS["translate"], "--check"]),
    ):
        with steps.step(title):
            run_quietly([PYTHON, *program])
    with steps.step("plain English"):
        say(run_quietly([PYTHON, RUN_MODULE, "checks.plain_english"]).strip())
    return steps


def finish(steps: Steps) -> None:
    """Print the steps and their times; raise if any of them failed."""
    say(f"\n{steps.summary()}")
    if steps.failed:
        message = "Not everything went well: see above"
        raise StepError(message)


def build() -> None:
    """Build the folder that needs no Python, and print its place and size."""
    say("Building the bundle …")
    BUILT_FROM.unlink(missing_ok=True)
    digest = _source_digest()
    folders = [f"--distpath={DIST}", f"--workpath={WORK / 'build'}"]
    options = ["--noconfirm", "--clean", "--log-level=WARN", *folders]
    spec = ROOT / "packaging/build/balance-tray.spec"
    os.environ["PYTHONHASHSEED"] = "0"  # sets in compiled files keep their order
    try:
        run_quietly([PYTHON, "-m", "PyInstaller", *options, spec])
    finally:
        del os.environ["PYTHONHASHSEED"]
    BUILT_FROM.write_text(digest)
    files = [file for file in BUNDLE.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files if not file.is_symlink())
    say(f"{EXECUTABLE}: {len(files)} files, {size / 1e6:.0f} MB")


def lock(options: Sequence[str]) -> None:
    """Pin the packages again, with uv from an environment of its own.

    Pins that still fit stay; the option --upgrade takes the newest versions.
    """
    folder = WORK / "lock"
    programs = folder / ("Scripts" if WINDOWS else "bin")
    say("Pinning the packages …")
    run_quietly([sys.executable, "-m", "venv", folder])
    run_quietly([programs / "python", "-m", "pip", "install", "--quiet", UV])
    pinned: list[str] = []
    for name, source in LOCKED.items():
        file = f"packaging/requirements/{name}.txt"
        output = f"--output-file={file}"
        run_quietly([programs / "uv", *COMPILE, *options, *pinned, output, source])
        pinned.append(f"--constraint={file}")


def sheets() -> None:
    """Make sheets with every window and every tray icon, for a person to look at."""
    SHEETS.mkdir(parents=True, exist_ok=True)
    run_loudly([PYTHON, RUN_MODULE, "pictures.tray_sheet", SHEETS / "tray.png"])
    run_loudly([PYTHON, RUN_MODULE, "pictures.window_sheet", SHEETS])
    say(f"To look at: {SHEETS}")


def _source_digest() -> str:
    folders = [ROOT / name for name in PARTS_OF_THE_BUNDLE]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    code = [file for file in files if "__pycache__" not in file.parts]
    return environment.digest([*code, ROOT / "pyproject.toml"])


def _read_command_line() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0], allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    running = commands.add_parser("run", help="start the program, with its arguments")
    running.add_argument(
        "--seconds",
        type=float,
        default=DEMO_SECONDS,
        help="how long to show it where there is no screen (%(default)s)",
    )
    testing = commands.add_parser("test", help="check, then pytest, with its arguments")
    testing.add_argument(
        "--no-bundle",
        action="store_true",
        help="do not build the program that needs no Python, nor test it",
    )
    testing.add_argument(
        "--in-root",
        metavar="RELEASE",
        help="test in a fresh root of a Debian release, such as trixie; needs root",
    )
    commands.add_parser(
        "check", help="lint, format, types, translations, plain English"
    )
    commands.add_parser("build", help="build the program that needs no Python")
    commands.add_parser(
        "package", help="build it, and pack it for this system's people"
    )
    commands.add_parser("lock", help="pin the packages again, with uv's arguments")
    commands.add_parser("translate", help="bring the translations up to date; --check")
    commands.add_parser("bench", help="measure it beside a bare tray and its peers")
    commands.add_parser("replay", help="measure how honest the run-out day is")
    commands.add_parser("sbom", help="list what the built program is made of; FILE")
    commands.add_parser("fuzz", help="look for input that breaks a promise; SECONDS")
    commands.add_parser("mutate", help="count code changes that no test notices")
    commands.add_parser(
        "shots", help="take the README's pictures, and sheets of all windows and icons"
    )
    commands.add_parser("faults", help="take a picture of every fault, to look at")
    asked, rest = parser.parse_known_args()
    if rest and asked.command in {"check", "build"}:
        parser.error(f"{asked.command} takes no arguments: {' '.join(rest)}")
    return asked, rest


if __name__ == "__main__":
    sys.exit(main())
