"""Keys in the keyring: four ways to be out of reach, and never lost."""

import asyncio
import threading
from collections.abc import Callable, Coroutine

import pytest

from trayapp.core.errors import (
    BalanceTrayError,
    KeyMissing,
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    KeyringSlow,
    KeyUnusable,
)
from trayapp.core.secret import Secret
from trayapp.services.keychain import Keychain, MemoryVault, on_daemon_thread

KEY = "made-up-key-0123456789"


class Vault(MemoryVault):
    """A keyring that notes each call, and whose calls can be replaced."""

    def __init__(self, **keys: str) -> None:
        super().__init__(keys)
        self.calls: list[str] = []
        self.locked = False
        self.before: Callable[[str], object] = lambda _: None

    def is_locked(self) -> bool:
        """Say what the test wants."""
        return self.locked

    def unlock(self) -> None:
        """Note it."""
        self._note("unlock")
        self.locked = False

    def get(self, account_id: str) -> str | None:
        """Note it."""
        self._note("get")
        return super().get(account_id)

    def put(self, account_id: str, key: str) -> None:
        """Note it."""
        self._note("put")
        super().put(account_id, key)

    def remove(self, account_id: str) -> None:
        """Note it."""
        self._note("remove")
        super().remove(account_id)

    def _note(self, call: str) -> None:
        self.calls.append(call)
        self.before(call)


def outcome(work: Coroutine[object, object, object]) -> type[BalanceTrayError] | None:
    """Run something and give the kind of error it ended in."""
    try:
        asyncio.run(work)
    except BalanceTrayError as error:
        return type(error)
    return None


def test_a_key_is_read_once() -> None:
    """Some keyrings ask a person each time: one reading per start is enough."""
    vault = Vault(a=KEY)
    keychain = Keychain(vault)

    async def read_twice() -> str:
        await keychain.key("a")
        return (await keychain.key("a")).reveal()

    assert asyncio.run(read_twice()) == KEY
    assert vault.calls == ["get"]


def test_a_keyring_without_the_key_is_not_a_locked_one() -> None:
    """Missing is said only after a reading that found nothing."""
    assert outcome(Keychain(Vault()).key("a")) is KeyMissing


def test_a_locked_keyring_is_told_without_asking_for_its_password() -> None:
    """Reading never opens a prompt by itself."""
    vault = Vault(a=KEY)
    vault.locked = True
    assert outcome(Keychain(vault).key("a")) is KeyringLocked
    assert vault.calls == []


def test_unlocking_lets_the_key_be_read() -> None:
    """After the password the same keychain gives the key."""
    vault = Vault(a=KEY)
    vault.locked = True
    keychain = Keychain(vault)

    async def unlock_and_read() -> str:
        await keychain.unlock()
        return (await keychain.key("a")).reveal()

    assert asyncio.run(unlock_and_read()) == KEY


@pytest.mark.parametrize("kind", [KeyringAbsent, KeyringDenied, KeyringFailed])
def test_an_absent_a_denied_and_a_failing_keyring_are_told_apart(
    kind: type[BalanceTrayError],
) -> None:
    """What the vault says reaches the person as it is."""
    vault = Vault(a=KEY)

    def refuse(_: str) -> None:
        raise kind

    vault.before = refuse
    assert outcome(Keychain(vault).key("a")) is kind


def test_a_keyring_that_never_answers_is_slow_and_holds_up_nothing() -> None:
    """The question goes on waiting on a thread that nobody joins."""
    vault, release = Vault(a=KEY), threading.Event()
    vault.before = lambda _: release.wait()
    try:
        assert outcome(Keychain(vault, patience_s=0.05).key("a")) is KeyringSlow
        waiting = [one for one in threading.enumerate() if one.name == "keyring"]
        assert all(one.daemon for one in waiting)
        assert waiting
    finally:
        release.set()


def test_an_unknown_fault_of_a_backend_is_told_without_its_text() -> None:
    """A backend's exception may quote the key."""
    vault = Vault(a=KEY)

    def burst(_: str) -> None:
        message = f"could not store {KEY}"
        raise RuntimeError(message)

    vault.before = burst
    with pytest.raises(KeyringFailed) as failed:
        asyncio.run(Keychain(vault).key("a"))
    assert KEY not in f"{failed.value!r}{failed.value.__cause__!r}"
    assert failed.value.detail == "RuntimeError"


def test_a_key_is_written_and_read_back() -> None:
    """A keyring that says yes and keeps nothing is found out."""
    vault = Vault()
    asyncio.run(Keychain(vault).store("a", Secret(KEY)))
    assert vault.calls == ["get", "put", "get"]
    vault.put = lambda *_: None  # type: ignore[method-assign]  # keeps nothing
    assert outcome(Keychain(vault).store("b", Secret(KEY))) is KeyringFailed


def test_a_key_that_is_there_already_is_not_written_again() -> None:
    """Each write makes some systems forget whom they allowed to read."""
    vault = Vault(a=KEY)
    asyncio.run(Keychain(vault).store("a", Secret(KEY)))
    assert vault.calls == ["get"]


def test_nothing_is_written_after_a_failed_read() -> None:
    """A key that can't be read is not overwritten."""
    vault = Vault(a=KEY)
    vault.locked = True
    assert (
        outcome(Keychain(vault).store("a", Secret("another-made-up-key")))
        is KeyringLocked
    )
    assert vault.calls == []


def test_a_stored_text_that_cannot_be_a_key_is_told_as_that() -> None:
    """Somebody else wrote into our entry."""
    assert outcome(Keychain(Vault(a="no key")).key("a")) is KeyUnusable


def test_a_rejected_key_is_read_anew() -> None:
    """A person may have changed it in the keyring's own program."""
    vault = Vault(a=KEY)
    keychain = Keychain(vault)

    async def change() -> str:
        await keychain.key("a")
        MemoryVault.put(vault, "a", "another-made-up-key")
        keychain.read_anew("a")
        return (await keychain.key("a")).reveal()

    assert asyncio.run(change()) == "another-made-up-key"


def test_a_forgotten_key_is_gone() -> None:
    """After removing an account its key is not in the keyring."""
    vault = Vault(a=KEY)
    keychain = Keychain(vault)
    asyncio.run(keychain.forget("a"))
    assert outcome(keychain.key("a")) is KeyMissing


def test_every_key_is_shown_to_the_log_before_it_is_used() -> None:
    """The log can only mask what it knows."""
    seen: list[str] = []
    keychain = Keychain(Vault(a=KEY), seen=lambda key: seen.append(key.reveal()))
    asyncio.run(keychain.key("a"))
    asyncio.run(keychain.store("b", Secret("another-made-up-key")))
    assert seen == [KEY, "another-made-up-key"]


def test_only_one_password_prompt_is_open_at_a_time() -> None:
    """Pressing Unlock twice does not stack two prompts."""
    vault, release = Vault(a=KEY), threading.Event()
    vault.before = lambda _: release.wait()
    keychain = Keychain(vault)

    async def press_twice() -> None:
        both = asyncio.gather(keychain.unlock(), keychain.unlock())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        release.set()
        await both

    asyncio.run(press_twice())
    assert vault.calls == ["unlock"]


def test_an_answer_after_the_loop_has_ended_is_dropped() -> None:
    """A prompt that is answered after Quit disturbs nobody."""
    release, done = threading.Event(), threading.Event()

    def late() -> None:
        release.wait()
        done.set()

    async def ask() -> None:
        on_daemon_thread(late)

    asyncio.run(ask())
    (thread,) = (one for one in threading.enumerate() if one.name == "keyring")
    release.set()
    thread.join(5)
    assert done.is_set()
