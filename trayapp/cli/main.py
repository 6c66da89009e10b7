"""Commands without a screen. Imports no Qt."""

import argparse
import contextlib
import getpass
import io
import secrets
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from trayapp.cli import reports
from trayapp.cli.command import (
    NO_ACCOUNTS,
    CommandError,
    explain,
    load_config,
    run_async,
    select_accounts,
    terminal_language,
)
from trayapp.cli.exit_codes import FAILED, USAGE, failure_code, report_failure
from trayapp.core.account import Account, Service
from trayapp.core.account_draft import ACCOUNT_FIELDS, AccountDraft, with_own_names
from trayapp.core.errors import BalanceTrayError, ProgramHangs
from trayapp.core.i18n.language import Language
from trayapp.core.secret import Secret
from trayapp.services.desktop.instance_client import InstanceMessage, send_message
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.history.changes import ForgetAccount
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import Keychain
from trayapp.services.keyring.system_vault import system_vault


def main(options: argparse.Namespace) -> int:
    """Run one command and give its exit code, whatever fails."""
    try:
        code = _run(options)
        if sys.stdout is not None:
            sys.stdout.flush()  # the disk may be full, or the reader may have ended
    except BaseException as error:  # noqa: BLE001  # its exit code must say nothing false
        return report_failure(options.command, error)
    return code


def _run(options: argparse.Namespace) -> int:
    paths = Paths.of_user()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A character that the terminal can't write must not stop a command.
        sys.stdout.reconfigure(errors="backslashreplace")
    language = terminal_language(ConfigFile(paths.config).language())
    try:
        return _COMMANDS[options.command](paths, options, language)
    except CommandError as error:
        print(error, file=sys.stderr)
        return error.code
    except BalanceTrayError as error:
        print(explain(error.as_failure(), language), file=sys.stderr)
        return failure_code(options.command)


def _quit(paths: Paths, _: argparse.Namespace, language: Language) -> int:
    demo = Paths.of_demo(Path())
    if not send_message(paths, InstanceMessage.QUIT) and not send_message(
        demo, InstanceMessage.QUIT
    ):
        print(language.gettext("Balance Tray is not running."))
    return 0


def _demo_gateway(_: Paths, options: argparse.Namespace, __: Language) -> int:
    from trayapp.demo.gateway import serve_forever  # noqa: PLC0415  # no other command needs it

    serve_forever(options.port, options.speed)
    return 0


def _account(paths: Paths, options: argparse.Namespace, language: Language) -> int:
    file = ConfigFile(paths.config)
    config = load_config(file, language)
    match options.action:
        case "list":
            _list(config.accounts, language)
        case "add":
            _add(file, config, options, language)
        case _:
            _remove(paths, config, options.name, language)
    if options.action != "list":
        with contextlib.suppress(ProgramHangs):  # it reads the settings later
            send_message(paths, InstanceMessage.RELOAD)
    return 0


def _list(accounts: Iterable[Account], language: Language) -> None:
    rows = [
        (
            account.name,
            account.base_url
            if account.service is Service.CUSTOM
            else account.service.value,
            account.sub_account or "-",
            format(account.low_below, "f"),
        )
        for account in accounts
    ]
    if not rows:
        print(language.gettext(NO_ACCOUNTS))
        return
    header = ("NAME", "SERVICE", "SUB-ACCOUNT", "LOW BELOW")  # scripts rely on it
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        print("  ".join(map(str.ljust, row, widths)).rstrip())


def _add(
    file: ConfigFile, config: Config, options: argparse.Namespace, language: Language
) -> None:
    implied = Service.CUSTOM if options.base_url else Service.SMSUP
    draft = AccountDraft(
        id=secrets.token_hex(6),
        name=options.name,
        service=Service(options.service or implied),
        **{
            field.value: getattr(options, field)
            for field, description in ACCOUNT_FIELDS.items()
            if description.option is not None
        },
    )
    if options.base_url and draft.service is not Service.CUSTOM:
        message = language.gettext("--base-url goes with --service custom.")
        raise CommandError(message, USAGE)
    names = (account.name for account in config.accounts)
    if problems := draft.problems(names, language):
        raise CommandError("\n".join(problems.values()), USAGE)
    for field, meaning in draft.understood(language):
        label = language.gettext(field.label).replace("&", "")
        print(f"{label} {meaning}")
    key = _ask_key(language, from_stdin=options.key_stdin)
    keychain = Keychain(system_vault())

    async def store() -> None:
        await keychain.unlock()
        await keychain.store(draft.id, key)
        try:
            with file.locked():
                # Read again: the window may have saved while the key was typed.
                now = load_config(file, language)
                accounts = with_own_names(now.accounts, [draft.account(language)])
                file.save(Config(accounts, now.settings))
        except (BalanceTrayError, CommandError):
            await keychain.remove(draft.id)
            raise

    run_async(store())


def _remove(paths: Paths, config: Config, name: str, language: Language) -> None:
    (account,) = select_accounts(config.accounts, [name], language, FAILED)
    file = ConfigFile(paths.config)
    keychain = Keychain(system_vault())

    async def remove() -> None:
        await keychain.unlock()
        with file.locked():
            # Read again: the keyring may have asked for its password meanwhile.
            config = load_config(file, language)
            others = tuple(other for other in config.accounts if other.id != account.id)
            file.save(Config(others, config.settings))
        await keychain.remove(account.id)

    run_async(remove())
    with HistoryStore(paths.history) as history:
        history.write(ForgetAccount(account.id))


def _ask_key(language: Language, *, from_stdin: bool) -> Secret:
    """Get a key from where no other program sees it: standard input or a prompt."""
    if from_stdin:
        return Secret.parse(sys.stdin.readline())
    if sys.stdin is None or not sys.stdin.isatty():
        message = language.gettext(
            "There is no terminal to ask for the key: use --key-stdin."
        )
        raise CommandError(message, USAGE)
    # Translators: asked in a terminal, where what is typed is not shown.
    return Secret.parse(getpass.getpass(language.gettext("API key (not shown): ")))


_Command: TypeAlias = Callable[[Paths, argparse.Namespace, Language], int]
_COMMANDS: Final[Mapping[str | None, _Command]] = {
    None: _quit,  # --quit, the only option that is a command
    "account": _account,
    "check": reports.check,
    "history": reports.history,
    "demo-gateway": _demo_gateway,
}
