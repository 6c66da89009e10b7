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
    FAILED,
    NO_ACCOUNTS,
    USAGE,
    CommandError,
    explain,
    load_config,
    run_async,
    select_accounts,
    terminal_language,
)
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

_INTERRUPTED: Final = 130


def main(options: argparse.Namespace) -> int:
    """Carry out one command and give its exit code."""
    places = Paths.of_user()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name or a currency sign that a terminal can't write stops no command.
        sys.stdout.reconfigure(errors="backslashreplace")
    language = terminal_language(ConfigFile(places.config).language())
    try:
        return _COMMANDS[options.command](places, options, language)
    except CommandError as error:
        print(error, file=sys.stderr)
        return error.code
    except BalanceTrayError as error:
        print(explain(error.as_failure(), language), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:  # whoever reads, `head` for one, has had enough
        return FAILED


def _quit(places: Paths, _: argparse.Namespace, language: Language) -> int:
    demo = Paths.of_demo(Path())
    if not send_message(places, InstanceMessage.QUIT) and not send_message(
        demo, InstanceMessage.QUIT
    ):
        print(language.gettext("Balance Tray is not running."))
    return 0


def _demo_gateway(_: Paths, options: argparse.Namespace, __: Language) -> int:
    from trayapp.demo.gateway import serve_forever  # noqa: PLC0415  # no other command needs it

    serve_forever(options.port, options.speed)
    return 0


def _account(places: Paths, options: argparse.Namespace, language: Language) -> int:
    file = ConfigFile(places.config)
    config = load_config(file, language)
    match options.action:
        case "list":
            _list(config.accounts, language)
        case "add":
            _add(file, config, options, language)
        case _:
            _remove(places, config, options.name, language)
    if options.action != "list":
        with contextlib.suppress(ProgramHangs):  # it hears that later
            send_message(places, InstanceMessage.RELOAD)
    return 0


def _list(accounts: Iterable[Account], language: Language) -> None:
    rows = [
        (
            one.name,
            one.base_url if one.service is Service.CUSTOM else one.service.value,
            one.sub_account or "-",
            format(one.low_below, "f"),
        )
        for one in accounts
    ]
    if not rows:
        print(language.gettext(NO_ACCOUNTS))
        return
    header = ("NAME", "SERVICE", "SUB-ACCOUNT", "LOW BELOW")  # what scripts look for
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        print("  ".join(map(str.ljust, row, widths)).rstrip())


def _add(
    file: ConfigFile, config: Config, options: argparse.Namespace, language: Language
) -> None:
    draft = AccountDraft(
        id=secrets.token_hex(6),
        name=options.name,
        service=Service(options.service),
        **{
            field.value: getattr(options, field)
            for field, description in ACCOUNT_FIELDS.items()
            if description.option is not None
        },
    )
    if options.base_url and draft.service is not Service.CUSTOM:
        message = language.gettext("--base-url goes with --service custom.")
        raise CommandError(message, USAGE)
    wrong = draft.problems(one.name for one in config.accounts)
    if wrong:
        raise CommandError("\n".join(map(language.gettext, wrong.values())), USAGE)
    key = _ask_key(language, from_stdin=options.key_stdin)
    keychain = Keychain(system_vault())

    async def store() -> None:
        await keychain.unlock()
        await keychain.store(draft.id, key)
        try:
            with file.locked():
                # Anew: while the key was typed, the window may have saved something.
                now = load_config(file, language)
                accounts = with_own_names(now.accounts, [draft.account()])
                file.save(Config(accounts, now.settings))
        except (BalanceTrayError, CommandError):
            await keychain.remove(draft.id)
            raise

    run_async(store())


def _remove(places: Paths, config: Config, name: str, language: Language) -> None:
    (account,) = select_accounts(config.accounts, [name], language, FAILED)
    file = ConfigFile(places.config)
    keychain = Keychain(system_vault())

    async def remove() -> None:
        await keychain.unlock()
        with file.locked():
            now = load_config(
                file, language
            )  # anew: the keyring may have asked for its password
            rest = tuple(one for one in now.accounts if one.id != account.id)
            file.save(Config(rest, now.settings))
        await keychain.remove(account.id)

    run_async(remove())
    with HistoryStore(places.history) as history:
        history.write(ForgetAccount(account.id))


def _ask_key(language: Language, *, from_stdin: bool) -> Secret:
    """Get a key where no other program can see it: never an argument or a variable."""
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
    None: _quit,  # --quit, the one option that stands for a command
    "account": _account,
    "check": reports.check,
    "history": reports.history,
    "demo-gateway": _demo_gateway,
}
