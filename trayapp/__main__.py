"""Reads the command line: a command goes to `cli`, the rest to `app`."""

import argparse
import contextlib
import os
import signal
import sys
from typing import NoReturn

from trayapp import __version__
from trayapp.app.input_method import name_others
from trayapp.cli.exit_codes import UNKNOWN, USAGE, report_failure


def main() -> NoReturn:
    """Run the program and end the process with its exit code."""
    try:
        code = _run()
    except SystemExit:  # of argparse, or of what it started
        raise
    except BaseException as error:
        command = _named_command()
        if command is None:
            raise
        # Even its modules may be impossible to import. Its exit code must not say
        # anything false.
        code = report_failure(command, error)
    _leave(code)


def _run() -> int:
    _forbid_core_dumps()
    _occupy_standard_files()
    parser = _parser()
    options = parser.parse_args()
    if options.command is not None:
        for name in ("quit", "demo", "self-test"):  # options of the tray program
            if getattr(options, name.replace("-", "_")):
                parser.error(f"--{name} goes without a command")
    if options.self_test:
        from trayapp.app import self_test

        return self_test.main()
    if options.command is not None or options.quit:
        from trayapp.cli import main as cli

        return cli.main(options)
    # Ctrl+C during the start ends the process, without a traceback.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    name_others(os.environ)
    if sys.platform not in {"win32", "darwin"}:
        from trayapp.services.desktop.session_bus import name_session_bus

        name_session_bus(os.environ)
    from trayapp.app import start

    return start.main(options)


def _named_command() -> str | None:
    """Return the command on the command line, also if the rest of it is wrong."""
    return next((word for word in sys.argv[1:] if not word.startswith("-")), None)


def _forbid_core_dumps() -> None:
    """Keep a crash from writing the memory, which has the key, to a file.

    `PR_SET_DUMPABLE` is not used: it hides `/proc/self` from its own user, and portals
    and desktops identify their callers by that. It also hides the key only from
    programs that can ask the keyring for it.
    """
    if sys.platform != "win32":
        import resource

        # On Linux 0 stops only the file. 1 also stops the pipe to systemd-coredump or
        # apport, and no core file is that small (fs/coredump.c).
        limit = 1 if sys.platform == "linux" else 0
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))


def _occupy_standard_files() -> None:
    """Open the null device in place of a closed standard file.

    Another file would get its number, such as the history or the X connection, and
    libraries write to number 2.
    """
    if sys.platform != "win32":
        for number in range(3):
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one


def _leave(code: int) -> NoReturn:
    """End the process without waiting for a prompt or a name lookup that hangs."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)


class _Parser(argparse.ArgumentParser):
    """A parser whose exit code for a usage error is right for the command."""

    def error(self, message: str) -> NoReturn:
        """Print the error, and exit with 3 for `check`, where 2 is an empty account."""
        self.print_usage(sys.stderr)
        code = UNKNOWN if _named_command() == "check" else USAGE
        self.exit(code, f"{self.prog}: error: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="balance-tray",
        description="The credit left on SMS-gateway accounts, in the system tray.",
        epilog="Without a command it starts the program, or raises its window.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {__version__}"
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        help="show made-up accounts; nothing of yours is read or changed",
    )
    parser.add_argument(
        "--minimized", action="store_true", help="start in the tray, without a window"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="log more, and to the terminal too"
    )
    # The program restarts itself with this for another language, to show its window.
    parser.add_argument("--shown", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--quit", action="store_true", help="end the running program")
    parser.add_argument(
        "--self-test",
        action="store_true",
        help="look whether the program is installed whole, and print what was found",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    account = commands.add_parser("account", help="list, add or remove accounts")
    if "account" in sys.argv:
        _add_account(account)
    _add_check(commands.add_parser("check", help="ask for balances now"))
    _add_history(commands.add_parser("history", help="print what was read"))
    _add_demo_gateway(
        commands.add_parser(
            "demo-gateway", help="run a made-up gateway on this machine"
        )
    )
    return parser


def _add_account(account: argparse.ArgumentParser) -> None:
    # Not at the top: the icon does not wait for it.
    from trayapp.core.account_draft import ACCOUNT_FIELDS

    actions = account.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="list the accounts")
    add = actions.add_parser(
        "add",
        help="add an account",
        description="Add an account. Its key is asked for, and kept in the keyring.",
    )
    add.add_argument("name", metavar="NAME")
    add.add_argument(
        "--service",
        choices=("smsup", "smspubli", "custom"),
        help="default: smsup, or custom with --base-url",
    )
    for field, description in ACCOUNT_FIELDS.items():
        if (option := description.option) is not None:
            add.add_argument(
                option.flag,
                dest=field.value,
                metavar=option.metavar,
                default=option.default,
                help=option.help,
            )
    add.add_argument(
        "--key-stdin",
        action="store_true",
        help="read the key from standard input instead of asking for it",
    )
    remove = actions.add_parser(
        "remove", help="remove an account with its key and its history"
    )
    remove.add_argument("name", metavar="NAME")


def _add_check(check: argparse.ArgumentParser) -> None:
    check.description = (
        "Ask for balances now. Exit code: 0 fine, 1 low, 2 empty or key rejected, "
        "3 unknown; of several accounts the gravest, in the order 2, 1, 3, 0."
    )
    check.add_argument("names", metavar="NAME", nargs="*", help="default: all")
    check.add_argument("--json", action="store_true", help="print a JSON list")
    check.add_argument(
        "--force",
        action="store_true",
        help="ask even where the gateway rejected the key or wants a pause",
    )


def _add_history(history: argparse.ArgumentParser) -> None:
    history.add_argument("name", metavar="NAME")
    history.add_argument("--since", metavar="DATE", help="such as 2026-11-01")
    history.add_argument(
        "--what",
        choices=("readings", "movements", "months"),
        default="readings",
        help="readings (default), top-ups and spending, or months that add up",
    )
    history.add_argument("--format", choices=("csv", "json"), default="csv")


def _add_demo_gateway(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("--port", type=int, default=0, help="default: a free one")
    demo.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help="made-up seconds for each real one (default 1)",
    )


if __name__ == "__main__":
    main()
