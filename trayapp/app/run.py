"""The one module that knows everything: build, run, quit."""

import argparse
import logging
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QThread, QTimer
from PySide6.QtWidgets import QApplication

from trayapp import __version__
from trayapp.app.boot import Boot
from trayapp.cli.exit_codes import ELSEWHERE, FAILED
from trayapp.core.balance import Reading
from trayapp.core.errors import Failure, ProgramHangs, RunsElsewhere
from trayapp.core.i18n.language import Language
from trayapp.core.view.account_text import problem
from trayapp.qt.exit_signals import ExitSignals
from trayapp.qt.fault_hooks import FaultHooks, catch_faults, release_faults
from trayapp.qt.instance import Instance
from trayapp.qt.interpreter import freeze_long_lived_objects, return_free_memory
from trayapp.qt.language import person_language, qt_translator
from trayapp.qt.poller import Poller
from trayapp.qt.restart import RESTART
from trayapp.services.desktop.display import Display
from trayapp.services.desktop.instance_client import (
    InstanceMessage,
    ask_display,
    hang_error,
    send_message,
)
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.log.log_file import Redactor, start_log
from trayapp.services.log.recent import RecentErrors
from trayapp.ui.icons.icons import app_icon, notice_picture
from trayapp.ui.tray.tray import Tray
from trayapp.ui.widgets.dark_palette import Palettes
from trayapp.ui.window.message_boxes import show_start_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from trayapp.app.wiring import Wiring
    from trayapp.services.backend import Backend
    from trayapp.services.keyring.keychain import Vault
    from trayapp.services.messages.events import Emit
    from trayapp.ui.icons.first_icon import FirstIcon
    from trayapp.ui.window.window import Window

TURN_S: Final = 0.001
"""How long the poller's thread may keep the interpreter while the GUI thread waits.

Python's default of 5 ms adds up to a stall when hundreds of accounts are polled."""
_DEMO_POLL_MS: Final = 10_000
_DEMO_PAST_HOURS: Final = 60 * 24
_SETTLED_MS: Final = 3_000
"""By then everything is imported, and the first balances are shown."""
_CLAIM_TRIES: Final = 20
_CLAIM_PAUSE_MS: Final = 100
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Profile:
    """Whose accounts are shown: the person's own, or the demo's."""

    paths: Paths
    vault: "Callable[[], Vault]" = field(repr=False)
    is_demo: bool = False


def main(
    options: argparse.Namespace,
    application: QApplication,
    boot: Boot,
) -> int:
    """Run the program until a person ends it; give the exit code."""
    with ExitStack() as at_exit:
        profile = _demo(at_exit) if options.demo else _own()
        display = Display.of_process(application.platformName(), os.environ)
        instance = Instance(profile.paths, boot.lock, display)
        code = _claim_or_explain(instance, profile.paths, display, application, options)
        if code is not None:
            return code
        at_exit.callback(instance.release)
        # Until here a signal ends the process by itself; from here on it ends well.
        signals = ExitSignals(application)
        signals.requested.connect(application.exit)
        redactor = start_log(profile.paths.log, verbose=options.verbose)
        at_exit.callback(logging.shutdown)
        faults = FaultHooks()
        recent = RecentErrors(redactor, faults.occurred.emit)
        logging.getLogger().addHandler(recent)
        catch_faults(boot.qt_messages)
        at_exit.callback(release_faults)
        at_exit.callback(recent.close)
        _log.info("Balance Tray %s starts", __version__)
        if instance.problem:
            _log.warning("%s", instance.problem)
        if options.shown:
            QTimer.singleShot(
                0, partial(instance.message_received.emit, InstanceMessage.SHOW)
            )
        return _run(
            application,
            profile,
            (instance, boot.icon),
            (redactor, recent, faults),
            quiet=options.minimized,
        )


def _run(
    application: QApplication,
    profile: Profile,
    claimed: "tuple[Instance, FirstIcon | None]",
    log: "tuple[Redactor, RecentErrors, FaultHooks]",
    *,
    quiet: bool,
) -> int:
    """Build everything, run the event loop, and take everything down again."""
    (instance, icon), (redactor, recent, faults) = claimed, log
    language = _language(application, profile.paths)
    tray = Tray(language, first=icon)
    tray.show()
    application.setWindowIcon(app_icon())
    picture = notice_picture()
    from trayapp.app.wiring import Wiring

    def make_backend(emit: "Emit") -> "Backend":
        """Make the services on the poller's thread, which also imports them."""
        from trayapp.services.autostart.autostart import NoAutostart, system_autostart
        from trayapp.services.backend import Backend, Environment
        from trayapp.services.gateway.client import GatewayClient
        from trayapp.services.keyring.keychain import Keychain

        environment = Environment(
            keychain=Keychain(profile.vault(), mask=redactor.add_key),
            gateway=GatewayClient(),
            clock=lambda: datetime.now(UTC),
            picture=picture,
            autostart=NoAutostart() if profile.is_demo else system_autostart(),
            language=language,
        )
        return Backend(profile.paths, emit, environment)

    poller = Poller(make_backend)
    wiring = Wiring(poller, tray, language, recent)
    wiring.languages.restart_requested.connect(partial(application.exit, RESTART))
    wiring.lazy_window.made.connect(partial(_place, wiring, tray, profile.paths))
    queued = Qt.ConnectionType.QueuedConnection
    faults.occurred.connect(wiring.faults.show_fault, queued)
    wiring.quit_requested.connect(application.exit)
    instance.message_received.connect(wiring.handle_message)
    application.lastWindowClosed.connect(wiring.tray_fallback.window_closed)
    if sys.platform not in {"win32", "darwin"}:
        from trayapp.qt.tray_host import TrayHost, has_registered_icon, lacks_host

        wiring.tray_fallback.lacks_host = lacks_host
        wiring.tray_fallback.has_registered_icon = has_registered_icon
        host = TrayHost(application)
        host.appeared.connect(wiring.tray_fallback.host_appeared)
        host.vanished.connect(wiring.tray_fallback.host_vanished)
        from trayapp.qt.scheme import Scheme

        Scheme(application).changed.connect(Palettes(application).show_dark)
    if profile.is_demo:
        often = QTimer(application, interval=_DEMO_POLL_MS)
        often.timeout.connect(wiring.refresh_unrejected)
        often.start()
    sys.setswitchinterval(TURN_S)
    wiring.start(quiet=quiet)
    QTimer.singleShot(_SETTLED_MS, freeze_long_lived_objects)
    QTimer.singleShot(_SETTLED_MS, return_free_memory)
    code = application.exec()
    wiring.stop()
    return code


def _place(wiring: "Wiring", tray: Tray, paths: Paths, window: "Window") -> None:
    """Have the window come up where it was left, or beside the tray."""
    from trayapp.services.files.window_file import WindowFile
    from trayapp.ui.window.placement import Placement

    stood = WindowFile(paths.window)
    placement = Placement(tray, window)
    placement.restore(stood.load())
    placement.place_changed.connect(stood.save)
    wiring.opening.connect(placement.note_icon_place)


def _claim_or_explain(
    instance: Instance,
    paths: Paths,
    display: Display,
    application: QApplication,
    options: argparse.Namespace,
) -> int | None:
    """Become the running program, or say why not and return this start's exit code."""
    try:
        try:
            return None if _claim(instance, paths, display) else 0
        except RunsElsewhere as error:
            failure = error.as_failure()
        language = _language(application, paths)
        _explain(failure, language)
        if options.minimized:
            return 0  # at each login a box would be a nuisance
        # Translators: a button: end the program on the other screen and start it here.
        offer = language.gettext("&Move it here")
        if not show_start_error(problem(failure, language), offer):
            return ELSEWHERE
        send_message(paths, InstanceMessage.QUIT)
        return None if _claim(instance, paths, None) else 0
    except ProgramHangs as error:
        return _give_up(error.as_failure(), _language(application, paths))


def _claim(instance: Instance, paths: Paths, display: Display | None) -> bool:
    """Become the running program, or raise the window of the one that runs.

    The other may be starting or ending at this moment. Then the message is sent again.
    Raises `RunsElsewhere` if the window would appear on another display than `display`.
    Raises `ProgramHangs` if the other does not listen in the end, or does not react.
    """
    for _ in range(_CLAIM_TRIES):
        if instance.claim():
            return True
        other = None if display is None else ask_display(paths)
        if display is not None and other is not None and display.differs_from(other):
            raise RunsElsewhere(detail=f"display {other.name}")
        if send_message(paths, InstanceMessage.SHOW):
            return False
        QThread.msleep(_CLAIM_PAUSE_MS)
    raise hang_error(paths)


def _explain(failure: Failure, language: Language) -> None:
    """Say in the terminal why this start comes to nothing."""
    from trayapp.cli.command import explain

    if sys.stderr is not None:
        sys.stderr.write(f"{explain(failure, language)}\n")
        sys.stderr.flush()


def _give_up(failure: Failure, language: Language) -> int:
    """Say, in the terminal and on the screen, why this start comes to nothing."""
    _explain(failure, language)
    start_log(None, verbose=False)  # the file is the other's, and Qt is talkative
    catch_faults()
    show_start_error(problem(failure, language))
    release_faults()
    return FAILED


def _language(application: QApplication, paths: Paths) -> Language:
    """Read which language is chosen, and have Qt speak it, too.

    All that is shown needs it, the icon first.
    """
    language = person_language(ConfigFile(paths.config).language())
    application.installTranslator(qt_translator(language, application))
    return language


def _own() -> Profile:
    def vault() -> "Vault":
        from trayapp.services.keyring.system_vault import system_vault

        return system_vault()

    return Profile(Paths.of_user(), vault)


def _demo(at_exit: ExitStack) -> Profile:
    """Make a profile of made-up accounts that is gone when the program ends."""
    from trayapp.demo.gateway import DemoGateway
    from trayapp.services.history.store import HistoryStore

    folder = Path(at_exit.enter_context(tempfile.TemporaryDirectory(prefix="balance-")))
    gateway = at_exit.enter_context(DemoGateway())
    paths = Paths.of_demo(folder)
    ConfigFile(paths.config).save(Config(gateway.accounts()))
    now = datetime.now(UTC)
    with HistoryStore(paths.history) as history:
        for account in gateway.accounts():
            past = enumerate(
                reversed(gateway.past_balances(account.id, _DEMO_PAST_HOURS))
            )
            history.record_past(
                account.id,
                (
                    Reading(balance, now - timedelta(hours=hour))
                    for hour, balance in past
                ),
            )

    def vault() -> "Vault":
        from trayapp.services.keyring.keychain import MemoryVault

        return MemoryVault(gateway.keys())

    return Profile(paths, vault, is_demo=True)
