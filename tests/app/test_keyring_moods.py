"""A keyring in each of its moods, and a window that never waits for it."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from buses.fake_secrets import FAILED, FakeSecrets
from buses.private_bus import private_bus
from desktop.scripted_gateway import ScriptedGateway
from harness.backend import real_environment
from harness.poller import PollerHarness
from tally import FAULTS, Tally
from trayapp.app.run import TURN_S
from trayapp.app.wiring import Wiring
from trayapp.core import schedule
from trayapp.core.account import Account, Service
from trayapp.core.account_state import Outcome
from trayapp.core.balance import Reading
from trayapp.core.errors import (
    BalanceTrayError,
    Failure,
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    KeyringSlow,
)
from trayapp.core.i18n.language import Language
from trayapp.services.backend import Backend
from trayapp.services.files.config_file import Config, ConfigFile
from trayapp.services.files.paths import Paths
from trayapp.services.keyring.keychain import Keychain
from trayapp.services.keyring.secret_service import SecretServiceVault
from trayapp.services.messages.events import Emit, RefreshFinished
from trayapp.services.messages.requests import OpenKeyring
from trayapp.ui.tray.tray import Tray
from widgets.visible import visible_windows

KEY = "made-up-key-0123456789"
PATIENCE_S = 0.2
WATCHED_MS = 600
LONGEST_STALL_MS = 50.0
LOOK = timedelta(seconds=0.1)


class KeyringHarness(PollerHarness[Backend]):
    """The wired program with one account, and the keyring that its key is in."""

    def __init__(self, bus: str, qtbot: QtBot, paths: Paths) -> None:
        self._bus, self._paths = bus, paths
        self.service: FakeSecrets | None = None
        super().__init__(qtbot, self._make_keyring_backend)
        self.wiring = Wiring(self.poller, Tray(Language()), Language())

    @property
    def outcomes(self) -> list[Outcome]:
        """What the requests for a balance came to."""
        return [one.outcome for one in self.events.of(RefreshFinished)]

    def run_keyring(self) -> FakeSecrets:
        """Start a keyring that holds the key."""
        self.service = FakeSecrets(self._bus, {"a": KEY}).__enter__()
        return self.service

    @property
    def keyring(self) -> FakeSecrets:
        """The keyring that runs, or ran."""
        assert self.service is not None
        return self.service

    def ask_for_password(self) -> None:
        """Let the program ask for the keyring's password, and wait for the question."""
        before = self.keyring.prompts
        self.wait_for(KeyringLocked)
        self.poller.post(OpenKeyring())
        self.wait(lambda: self.keyring.prompts > before)

    def wait_for(self, result: type[BalanceTrayError] | type[Reading]) -> None:
        """Wait for an answer of this kind from now on."""
        begun = len(self.outcomes)

        def came() -> bool:
            kinds = [
                one.result.kind if isinstance(one.result, Failure) else Reading
                for one in self.outcomes[begun:]
            ]
            return result in kinds

        self.wait(came)

    def longest_stall_ms(self) -> float:
        """Feel the GUI thread's pulse for a while."""
        beats: list[float] = []
        heart = QTimer(interval=1)
        heart.timeout.connect(lambda: beats.append(time.perf_counter()))
        heart.start()
        self._qtbot.wait(WATCHED_MS)
        heart.stop()
        return max(after - before for before, after in pairwise(beats)) * 1_000

    def _make_keyring_backend(self, emit: Emit) -> Backend:
        vault = SecretServiceVault()
        keychain = Keychain(vault, timeout_s=PATIENCE_S, prompt_timeout_s=PATIENCE_S)
        environment = replace(real_environment(vault), keychain=keychain)
        return Backend(self._paths, emit, environment)


@pytest.fixture
def harness(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[KeyringHarness]:
    """Set everything up; nothing runs yet, and no keyring either."""
    monkeypatch.setattr(schedule, "KEYRING_INTERVAL", LOOK)
    paths = Paths.of_demo(tmp_path)
    usual, before = sys.getswitchinterval(), set(QApplication.topLevelWidgets())
    with private_bus() as bus, ScriptedGateway() as gateway:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
        gateway.set_balance(KEY, "350.1200", "EUR")
        account = Account("a", "Shop", Service.CUSTOM, gateway.url)
        ConfigFile(paths.config).save(Config((account,)))
        made = KeyringHarness(bus, qtbot, paths)
        sys.setswitchinterval(TURN_S)  # as the program does
        yield made
        sys.setswitchinterval(usual)
        assert made.wiring.stop(), "the poller ends, whatever the keyring does"
        for widget in set(QApplication.topLevelWidgets()) - before:
            widget.deleteLater()
        made.wiring.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        if made.service is not None:
            made.service.die()


@dataclass(frozen=True, slots=True)
class Mood:
    """What the keyring does, what a person is told, and how it gets well again."""

    begin: Callable[[KeyringHarness], object]
    told: type[BalanceTrayError]
    mend: Callable[[KeyringHarness], object]
    asks: bool = False


def lock(harness: KeyringHarness) -> None:
    """Run a keyring that is locked."""
    harness.run_keyring().locked = True


def hang(harness: KeyringHarness, call: str) -> None:
    """Run a keyring that gives no answer to one kind of call."""
    harness.run_keyring().hangs_on = {call}


def die(harness: KeyringHarness) -> None:
    """Run a keyring that crashes when it is to give the key."""
    harness.run_keyring().dies_on = "GetSecret"


def refuse(harness: KeyringHarness) -> None:
    """Run a keyring that is broken."""
    harness.run_keyring().refuses["GetSecret"] = FAILED


def opened(harness: KeyringHarness) -> None:
    """Unlock the keyring elsewhere."""
    harness.keyring.locked = False


MOODS = {
    "absent, and there later": Mood(
        lambda _: None, KeyringAbsent, lambda harness: harness.run_keyring()
    ),
    "locked, and opened elsewhere": Mood(lock, KeyringLocked, opened),
    "locked, its question unanswered, then answered late": Mood(
        lock,
        KeyringSlow,
        lambda harness: harness.keyring.close_prompt(dismissed=False),
        asks=True,
    ),
    "locked, its question unanswered, and opened elsewhere": Mood(
        lock, KeyringSlow, opened, asks=True
    ),
    "hanging when it is looked at": Mood(
        lambda harness: hang(harness, "Locked"),
        KeyringSlow,
        lambda harness: harness.keyring.release(),
    ),
    "hanging when it is read": Mood(
        lambda harness: hang(harness, "GetSecret"),
        KeyringSlow,
        lambda harness: harness.keyring.release(),
    ),
    "crashing when it is read": Mood(
        die, KeyringAbsent, lambda harness: harness.run_keyring()
    ),
    "broken": Mood(
        refuse, KeyringFailed, lambda harness: harness.keyring.refuses.clear()
    ),
}


@pytest.mark.qt_log_ignore("propagateSizeHints|systemTrayWindowChanged|does not")
@pytest.mark.parametrize("mood", MOODS.values(), ids=MOODS)
def test_the_program_lives_through_each_mood_and_goes_on_by_itself(
    harness: KeyringHarness, mood: Mood, tally: Tally
) -> None:
    """The window never stalls, nothing is written, and no key is asked for."""
    mood.begin(harness)
    harness.wiring.start(quiet=False)
    if mood.asks:
        harness.ask_for_password()
    harness.wait_for(mood.told)
    harness.wiring.show_window()
    # A machine under load may stall it once; the keyring would each time.
    stalls = [harness.longest_stall_ms() for _ in range(2)]
    assert min(stalls) < LONGEST_STALL_MS
    assert not any(isinstance(one.result, Reading) for one in harness.outcomes)
    assert not visible_windows(QDialog), "out of reach is not missing"
    mood.mend(harness)
    harness.wait_for(Reading)
    assert "CreateItem" not in harness.keyring.calls
    tally.add(FAULTS)


@pytest.mark.qt_log_ignore("propagateSizeHints|systemTrayWindowChanged|does not")
def test_a_dismissed_question_is_told_and_not_put_again(
    harness: KeyringHarness, tally: Tally
) -> None:
    """Only a person brings it back; that the keyring opens is noticed all the same."""
    lock(harness)
    harness.wiring.start(quiet=False)
    harness.ask_for_password()
    harness.keyring.close_prompt(dismissed=True)
    harness.wait_for(KeyringDenied)
    harness.wait_for(KeyringLocked)
    assert harness.keyring.prompts == 1
    harness.ask_for_password()
    harness.keyring.close_prompt(dismissed=False)
    harness.wait_for(Reading)
    tally.add(FAULTS)
