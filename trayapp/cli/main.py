"""Commands without a screen. Imports no Qt."""

import argparse
import contextlib
import getpass
import io
import secrets
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
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
from trayapp.cli.waiting import HISTORY, INPUT, KEYRING, PROGRAM, announced_wait
from trayapp.core.account import Account, Service
from trayapp.core.account_draft import ACCOUNT_FIELDS, AccountDraft, with_own_names
from trayapp.core.errors import BalanceTrayError, ProgramHangs
from trayapp.core.i18n.language import Language, mark
from trayapp.core.secret import Secret
from trayapp.core.unfinished import (
    IN_PROGRESS,
    steps_of_new_keys,
    steps_of_removals,
)
from trayapp.services.desktop.instance_client import InstanceMessage, send_message
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.history.changes import ForgetAccount
from trayapp.services.history.store import HistoryStore
from trayapp.services.keyring.keychain import Keychain
from trayapp.services.keyring.system_vault import system_vault
from trayapp.services.unfinished_steps import (
    Failures,
    UnfinishedSteps,
    with_steps,
    without_steps,
)

_LONGEST_LINE: Final = 4_096
_PROMPT_S: Final = 60.0
"""Seconds for a person to answer the keyring's prompt, which may be on no screen."""
_REMOVED_LATER: Final = mark(
    "The account is removed. Balance Tray removes what is left of it as soon as it can."
)


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
    with announced_wait(language, PROGRAM):
        running = (paths, Paths.of_demo(Path()))
        has_quit = any(send_message(each, InstanceMessage.QUIT) for each in running)
    if not has_quit:
        print(language.gettext("Balance Tray is not running."))
    return 0


def _demo_gateway(_: Paths, options: argparse.Namespace, __: Language) -> int:
    from trayapp.demo.gateway import serve_forever  # noqa: PLC0415  # no other command needs it

    serve_forever(options.port, options.speed)
    return 0


def _account(paths: Paths, options: argparse.Namespace, language: Language) -> int:
    file = ConfigFile(paths.config)
    config = load_config(file, language)
    if options.action == "list":
        _list(config.accounts, language)
        return 0
    change = _Change(paths, file, language)
    if options.action == "add":
        change.add(config, options)
        return 0
    return change.remove(config, options.name)


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


class _Change:
    """A change of the accounts, whose steps are finished now or later.

    Each step that is left to be done stands in the settings file before the change
    begins (`services/unfinished_steps.py`).
    """

    def __init__(self, paths: Paths, file: ConfigFile, language: Language) -> None:
        self._paths, self._file, self._language = paths, file, language
        self._keychain = Keychain(system_vault(), prompt_timeout_s=_PROMPT_S)
        self._has_program = False
        """Whether a running program has been told, and does the steps, too."""

    def add(self, config: Config, options: argparse.Namespace) -> None:
        """Store the key, then the account."""
        draft = _draft(config, options, self._language)
        # A key that is typed before would be lost if the keyring stays locked.
        with announced_wait(self._language, KEYRING):
            run_async(self._keychain.unlock([draft.id], writing=True))
        key = _ask_key(self._language, from_stdin=options.key_stdin)
        with announced_wait(self._language, KEYRING):
            run_async(self._add(draft, key))
        self._tell_program()
        self._finish()

    async def _add(self, draft: AccountDraft, key: Secret) -> None:
        account = draft.account(self._language)
        due = datetime.now(UTC) + IN_PROGRESS
        steps = tuple(steps_of_new_keys((), [account], [account.id], due))
        is_first = self._file.version() is None
        self._file.update(lambda config: with_steps(config, steps))
        try:
            await self._keychain.store(account.id, key)
            # The window may have saved while the key was typed.
            self._file.update(
                lambda config: replace(
                    without_steps(config, steps),
                    accounts=with_own_names(config.accounts, [account]),
                )
            )
        except BalanceTrayError:
            with contextlib.suppress(BalanceTrayError):  # else the step does it later
                await self._keychain.remove(account.id)
                self._file.update(lambda config: without_steps(config, steps))
                if is_first:
                    self._file.remove_empty()
            raise

    def remove(self, config: Config, name: str) -> int:
        """Remove an account with its key and history; give the exit code.

        A second command for the same name does what the first could not.
        """
        unfinished = {step.name.casefold() for step in config.unfinished}
        names = {account.name.casefold() for account in config.accounts}
        is_repeated = name.casefold() in unfinished - names
        if not is_repeated:
            select_accounts(config.accounts, [name], self._language, FAILED)
        named = [
            *((account.id, account.name) for account in config.accounts),
            *((step.account_id, step.name) for step in config.unfinished),
        ]
        ids = [id_ for id_, other in named if other.casefold() == name.casefold()]
        with announced_wait(self._language, KEYRING):
            run_async(self._keychain.unlock(ids))
        if not is_repeated:
            self._file.update(partial(_without_account, name=name))
        self._tell_program()
        failures = self._finish()
        if not failures:
            return 0
        for failure in dict(failures).values():
            print(explain(failure, self._language), file=sys.stderr)
        print(self._language.gettext(_REMOVED_LATER), file=sys.stderr)
        return FAILED

    def _tell_program(self) -> None:
        """Have the running program read the settings, if there is one."""
        self._has_program = True
        with (
            announced_wait(self._language, PROGRAM),
            contextlib.suppress(ProgramHangs),  # it reads the settings later
        ):
            self._has_program = send_message(self._paths, InstanceMessage.RELOAD)

    def _finish(self) -> Failures:
        """Do what this and earlier changes left to be done."""

        def forget(account_id: str) -> bool:
            with HistoryStore(self._paths.history) as history:
                history.write(ForgetAccount(account_id))
            # A running program may have written another row meanwhile. It does the same
            # step when it has read the settings.
            return not self._has_program

        def purpose() -> str:
            return KEYRING if self._keychain.is_busy else HISTORY

        with announced_wait(self._language, purpose):
            steps = UnfinishedSteps(self._file, self._keychain, forget)
            return run_async(steps.run())


def _without_account(config: Config, name: str) -> Config:
    """Remove an account, and record what else is to be removed."""
    others = tuple(
        other for other in config.accounts if other.name.casefold() != name.casefold()
    )
    steps = tuple(steps_of_removals(config.accounts, others))
    return with_steps(replace(config, accounts=others), steps)


def _draft(
    config: Config, options: argparse.Namespace, language: Language
) -> AccountDraft:
    """Make an account's draft from the options; `CommandError` if it is invalid."""
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
    return draft


def _ask_key(language: Language, *, from_stdin: bool) -> Secret:
    """Get a key from where no other program sees it: standard input or a prompt."""
    if from_stdin and sys.stdin is not None:
        # As bytes: its encoding is that of the program that wrote it.
        with announced_wait(language, INPUT):
            return Secret.parse_bytes(sys.stdin.buffer.readline(_LONGEST_LINE))
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
