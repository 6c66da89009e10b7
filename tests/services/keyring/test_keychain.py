"""Keys in the keyring: four ways to be out of reach, and never lost."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from typing import Self

import pytest

from tally import FAULTS, Tally
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
from trayapp.services.keyring.keychain import AT_ONCE, Keychain, MemoryVault

KEY = "made-up-key-0123456789"
OTHER = "another-made-up-key"
PATIENCE_S = 10.0


class Vault(MemoryVault):
    """A keyring that notes each call, and whose calls can be replaced."""

    def __init__(self, **keys: str) -> None:
        super().__init__(keys)
        self.calls: list[str] = []
        self.locked = False
        self.before: Callable[[str], object] = lambda _: None

    def is_locked(self) -> bool:
        """Say what the test wants."""
        self.before("look")
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


class Hung(Vault):
    """A keyring whose calls of one kind hang until they are released."""

    def __init__(self, call: str, **keys: str) -> None:
        super().__init__(**keys or {"a": KEY})
        self._release, self.reached = threading.Event(), threading.Event()
        self._call = call
        self.before = self._hang

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let go what hangs, and hang no longer."""
        self._release.set()

    def _hang(self, call: str) -> None:
        if call == self._call:
            self.reached.set()
            self._release.wait()


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
    with Hung("get") as vault:
        assert outcome(Keychain(vault, patience_s=0.05).key("a")) is KeyringSlow
        waiting = [one for one in threading.enumerate() if one.name == "keyring"]
        assert all(one.daemon for one in waiting)
        assert waiting


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
    assert outcome(Keychain(vault).store("a", Secret(OTHER))) is KeyringLocked
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
        MemoryVault.put(vault, "a", OTHER)
        keychain.read_anew("a")
        return (await keychain.key("a")).reveal()

    assert asyncio.run(change()) == OTHER


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
    asyncio.run(keychain.store("b", Secret(OTHER)))
    assert seen == [KEY, OTHER]


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


async def come_late(keychain: Keychain) -> None:
    """Wait until something is told to have come after patience had run out."""
    came = asyncio.Event()
    keychain.came_late = came.set
    async with asyncio.timeout(PATIENCE_S):
        await came.wait()


async def threads_end() -> None:
    """Wait until nothing happens on the keyring's threads any more."""
    for one in threading.enumerate():
        if one.name == "keyring":
            await asyncio.to_thread(one.join, PATIENCE_S)


async def slow(work: Coroutine[object, object, object]) -> None:
    """Lose patience."""
    with pytest.raises(KeyringSlow):
        await work


def test_what_comes_after_patience_has_run_out_is_kept_and_told() -> None:
    """Nobody is asked a second time for what they have answered."""

    async def answer_late(vault: Hung, keychain: Keychain) -> str:
        await slow(keychain.key("a"))
        vault.release()
        await come_late(keychain)
        return (await keychain.key("a")).reveal()

    with Hung("get") as vault:
        keychain = Keychain(vault, patience_s=0.05)
        assert asyncio.run(answer_late(vault, keychain)) == KEY
    assert vault.calls == ["get"]


def test_a_password_that_is_typed_after_patience_has_run_out_opens_all_the_same() -> (
    None
):
    """The prompt stays where it is, and pressing Unlock again waits for the same."""

    async def type_late(vault: Hung, keychain: Keychain) -> str:
        await slow(keychain.unlock())
        await slow(keychain.unlock())
        vault.release()
        await come_late(keychain)
        return (await keychain.key("a")).reveal()

    with Hung("unlock") as vault:
        vault.locked = True
        keychain = Keychain(vault, prompt_patience_s=0.05)
        assert asyncio.run(type_late(vault, keychain)) == KEY
    assert vault.calls == ["unlock", "get"]


def test_a_reading_that_hangs_is_joined_not_repeated(tally: Tally) -> None:
    """A keyring that hangs for a day was asked once, not 1,440 times."""

    async def ask_every_minute(keychain: Keychain) -> None:
        for _ in range(24 * 60):
            await slow(keychain.key("a"))

    with Hung("get") as vault:
        asyncio.run(ask_every_minute(Keychain(vault, patience_s=0.0)))
        assert vault.reached.wait(PATIENCE_S)
        assert vault.calls == ["get"]
    tally.add(FAULTS)


def test_a_thousand_accounts_hang_on_a_few_threads(tally: Tally) -> None:
    """However many are asked for, and again and again."""
    names = [f"account{number}" for number in range(1_000)]

    async def ask_for_all(keychain: Keychain) -> None:
        for _ in range(3):
            await asyncio.gather(*(slow(keychain.key(name)) for name in names))

    before = threading.active_count()
    with Hung("get", **dict.fromkeys(names, KEY)) as vault:
        asyncio.run(ask_for_all(Keychain(vault, patience_s=0.0)))
        assert threading.active_count() - before <= AT_ONCE
        assert len(vault.calls) <= AT_ONCE
    tally.add(FAULTS)


def test_one_entry_that_hangs_does_not_hold_up_the_others() -> None:
    """KeePassXC may ask about each of them."""

    async def ask_for_both(vault: Hung, keychain: Keychain) -> str:
        hung = asyncio.create_task(keychain.key("a"))
        await asyncio.to_thread(vault.reached.wait, PATIENCE_S)
        vault.before = lambda _: None
        other = (await keychain.key("b")).reveal()
        vault.release()
        await hung
        return other

    with Hung("get", a=KEY, b=OTHER) as vault:
        assert asyncio.run(ask_for_both(vault, Keychain(vault))) == OTHER


def test_a_denied_reading_is_not_repeated_before_a_person_wants_it() -> None:
    """Or the keyring would put up its question every minute."""
    vault = Vault(a=KEY)

    def deny(call: str) -> None:
        if call == "get":
            raise KeyringDenied

    vault.before = deny
    keychain = Keychain(vault)

    async def deny_and_allow() -> str:
        for _ in range(3):
            with pytest.raises(KeyringDenied):
                await keychain.key("a")
        assert vault.calls == ["get"]
        vault.before = lambda _: None
        await keychain.unlock()
        return (await keychain.key("a")).reveal()

    assert asyncio.run(deny_and_allow()) == KEY


@pytest.mark.parametrize(
    ("hangs_on", "calls"),
    [("get", ["get"]), ("put", ["get", "put", "get", "put"])],
)
@pytest.mark.parametrize("old", [KEY, None])
def test_what_was_told_as_failed_is_not_done_later(
    hangs_on: str, calls: list[str], old: str | None
) -> None:
    """The dialog said that the key was not stored, so the old one stays."""

    async def give_up(vault: Hung, keychain: Keychain) -> None:
        await slow(keychain.store("a", Secret(OTHER)))
        vault.release()
        await threads_end()

    with Hung(hangs_on, **{"a": old} if old else {"b": OTHER}) as vault:
        asyncio.run(give_up(vault, Keychain(vault, patience_s=0.05)))
    if hangs_on == "put" and old is None:
        calls = [*calls[:-1], "remove"]
    assert vault.calls == calls
    assert MemoryVault.get(vault, "a") == old


def test_a_removal_that_was_given_up_does_not_happen_later() -> None:
    """A person may have kept the account meanwhile."""

    async def give_up(vault: Hung, keychain: Keychain) -> None:
        await slow(keychain.forget("a"))
        vault.release()
        await threads_end()

    with Hung("look") as vault:
        asyncio.run(give_up(vault, Keychain(vault, patience_s=0.05)))
    assert vault.calls == []


def test_an_old_key_that_is_read_late_does_not_replace_the_new_one() -> None:
    """A reading from before the key was changed is worth nothing."""

    async def change(vault: Hung, keychain: Keychain) -> str:
        await slow(keychain.key("a"))
        vault.before = lambda _: None
        await keychain.store("a", Secret(OTHER))
        vault.release()
        await threads_end()
        return (await keychain.key("a")).reveal()

    with Hung("get") as vault:
        assert asyncio.run(change(vault, Keychain(vault, patience_s=0.2))) == OTHER


def test_what_asyncio_says_of_its_work_holds_no_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In its debug mode it writes down what its handles and futures hold."""
    keychain = Keychain(Vault(a=KEY))

    async def use() -> None:
        asyncio.get_running_loop().slow_callback_duration = 0.0
        await keychain.key("a")
        await keychain.store("b", Secret(OTHER))

    with caplog.at_level(logging.DEBUG):
        asyncio.run(use(), debug=True)
    assert "Executing" in caplog.text
    assert not [key for key in (KEY, OTHER) if key in caplog.text]
