"""Other programs on the bus send forged signals of the Secret Service."""

import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("needs D-Bus", allow_module_level=True)

from jeepney import DBusAddress, HeaderFields, new_signal
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from buses.fake_secrets import NAME, FakeSecrets
from buses.forged_signals import send_to_all
from buses.private_bus import private_bus
from trayapp.services.keyring.secret_service import SecretServiceVault

KEY = "made-up-key-1"
PROMPT = DBusAddress(
    "/org/freedesktop/secrets/prompt/p", interface="org.freedesktop.Secret.Prompt"
)
DRIVER = DBusAddress("/org/freedesktop/DBus", interface="org.freedesktop.DBus")
TIMEOUT_S = 10.0
pytestmark = pytest.mark.case("attack 10", "a signal on a bus is believed unchecked")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSecrets]:
    """Run a keyring that holds one key, on a bus of its own."""
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with FakeSecrets(keys={"a": KEY}) as service:
            yield service


@pytest.fixture
def stranger(service: FakeSecrets) -> Iterator[DBusConnection]:
    """Connect another program to that bus."""
    del service
    with open_dbus_connection("SESSION") as connection:
        yield connection


@pytest.mark.parametrize("dismissed", [True, False])
def test_only_the_keyring_closes_its_prompt(
    service: FakeSecrets,
    stranger: DBusConnection,
    dismissed: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    """Neither a forged answer nor a forged end of the keyring counts."""
    service.locks_entries = True
    with ThreadPoolExecutor(1) as threads:
        read = threads.submit(SecretServiceVault().get, "a")
        service.wait_for_prompt()
        owner_changed = (NAME, stranger.unique_name, "")
        send_to_all(
            stranger,
            new_signal(PROMPT, "Completed", "bv", (dismissed, ("ao", []))),
            new_signal(PROMPT, "Completed", "s", ("no",)),
            new_signal(DRIVER, "NameOwnerChanged", "sss", owner_changed),
        )
        with pytest.raises(TimeoutError):
            read.exception(0.2)
        service.close_prompt(dismissed=False)
        assert read.result(TIMEOUT_S) == KEY


def test_a_signal_with_a_calls_number_is_no_reply(
    service: FakeSecrets, stranger: DBusConnection
) -> None:
    """A key comes from the keyring alone."""
    service.hangs_on = {"GetSecret"}
    with ThreadPoolExecutor(1) as threads:
        read = threads.submit(SecretServiceVault().get, "a")
        service.wait_for("GetSecret")
        for serial in range(1, 60):
            secret = ("/", b"", b"a forged key", "text/plain")
            forged = new_signal(PROMPT, "Completed", "(oayays)", (secret,))
            forged.header.fields[HeaderFields.reply_serial] = serial
            send_to_all(stranger, forged)
        service.release()
        assert read.result(TIMEOUT_S) == KEY
