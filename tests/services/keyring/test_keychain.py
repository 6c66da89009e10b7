"""Keys in the keyring: each fault has its error, and none loses a key."""

import asyncio
import logging
import threading
from collections.abc import Callable, Collection, Coroutine
from typing import Self

import pytest

from tally import FAULTS, Tally
from trayapp.core.errors import (
    BalanceTrayError,
    KeyMissing,
    KeyNotKept,
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    KeyringSlow,
    KeyUnusable,
)
from trayapp.core.secret import Secret
from trayapp.services.keyring.keychain import MAX_CALLS, Keychain, MemoryVault

KEY = "made-up-key-0123456789"
OTHER = "another-made-up-key"
TIMEOUT_S = 10.0


class RecordingVault(MemoryVault):
    """A vault that records each call, and runs a test's hook before it."""

    def __init__(self, **keys: str) -> None:
        super().__init__(keys)
        self.calls: list[str] = []
        self.unlocked: list[tuple[list[str], bool]] = []
        """What each prompt was for."""
        self.locked = False
        self.before: Callable[[str], object] = lambda _: None

    def is_locked(self) -> bool:
        """Return what the test set."""
        return self.locked

    def unlock(self, account_ids: Collection[str], *, writing: bool) -> None:
        """Note it."""
        self.unlocked.append((sorted(account_ids), writing))
        self._record("unlock")
        self.locked = False

    def get(self, account_id: str) -> str | None:
        """Note it."""
        self._record("get")
        return super().get(account_id)

    def put(self, account_id: str, key: str) -> None:
        """Note it."""
        self._record("put")
        super().put(account_id, key)

    def remove(self, account_id: str) -> None:
        """Note it."""
        self._record("remove")
        super().remove(account_id)

    def _record(self, call: str) -> None:
        if self.locked and call != "unlock":
            raise KeyringLocked
        self.calls.append(call)
        self.before(call)


class HangingVault(RecordingVault):
    """A vault whose calls of one kind hang until `release`."""

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
        """Let the calls that hang return."""
        self._release.set()

    def _hang(self, call: str) -> None:
        if call == self._call:
            self.reached.set()
            self._release.wait()


def error_kind(
    coroutine: Coroutine[object, object, object],
) -> type[BalanceTrayError] | None:
    """Run a coroutine and return the type of its error."""
    try:
        asyncio.run(coroutine)
    except BalanceTrayError as error:
        return type(error)
    return None


def test_a_key_is_read_once() -> None:
    """Some keyrings prompt at each reading, so each start reads once."""
    vault = RecordingVault(a=KEY)
    keychain = Keychain(vault)

    async def read_twice() -> str:
        await keychain.key("a")
        return (await keychain.key("a")).reveal()

    assert asyncio.run(read_twice()) == KEY
    assert vault.calls == ["get"]


def test_a_keyring_without_the_key_is_not_a_locked_one() -> None:
    """`KeyMissing` needs a reading that found nothing."""
    assert error_kind(Keychain(RecordingVault()).key("a")) is KeyMissing


def test_reading_from_a_locked_keyring_shows_no_prompt() -> None:
    """It raises `KeyringLocked`."""
    vault = RecordingVault(a=KEY)
    vault.locked = True
    assert error_kind(Keychain(vault).key("a")) is KeyringLocked
    assert vault.calls == []


def test_after_unlocking_the_key_can_be_read() -> None:
    """The same keychain returns it."""
    vault = RecordingVault(a=KEY)
    vault.locked = True
    keychain = Keychain(vault)

    async def unlock_and_read() -> str:
        await keychain.unlock()
        return (await keychain.key("a")).reveal()

    assert asyncio.run(unlock_and_read()) == KEY


@pytest.mark.parametrize("kind", [KeyringAbsent, KeyringDenied, KeyringFailed])
def test_an_absent_a_denied_and_a_failing_keyring_differ(
    kind: type[BalanceTrayError],
) -> None:
    """The vault's error reaches the caller unchanged."""
    vault = RecordingVault(a=KEY)

    def refuse(_: str) -> None:
        raise kind

    vault.before = refuse
    assert error_kind(Keychain(vault).key("a")) is kind


def test_a_keyring_that_hangs_is_slow_and_delays_nothing() -> None:
    """The call goes on waiting on a daemon thread."""
    with HangingVault("get") as vault:
        assert error_kind(Keychain(vault, timeout_s=0.05).key("a")) is KeyringSlow
        threads = keyring_threads()
        assert all(thread.daemon for thread in threads)
        assert threads


def test_an_unknown_exception_of_a_backend_loses_its_text() -> None:
    """A backend's exception may quote the key."""
    vault = RecordingVault(a=KEY)

    def fail(_: str) -> None:
        message = f"could not store {KEY}"
        raise RuntimeError(message)

    vault.before = fail
    with pytest.raises(KeyringFailed) as raised:
        asyncio.run(Keychain(vault).key("a"))
    assert KEY not in f"{raised.value!r}{raised.value.__cause__!r}"
    assert raised.value.detail == "RuntimeError"


def test_a_key_is_written_and_read_back() -> None:
    """Thus a keyring that stores nothing and raises nothing is noticed."""
    vault = RecordingVault()
    asyncio.run(Keychain(vault).store("a", Secret(KEY)))
    assert vault.calls == ["get", "put", "get"]


@pytest.mark.case("part 9", "a keyring that returns another value than was written")
@pytest.mark.parametrize("old", [OTHER, None])
@pytest.mark.parametrize(
    "alter", [lambda _: None, lambda key: key[:-1], str.upper, lambda key: f"{key} "]
)
def test_a_keyring_that_keeps_another_key_is_noticed(
    alter: Callable[[str], str | None], old: str | None
) -> None:
    """The old key is put back, and the new one is not used."""
    vault = RecordingVault(**{"a": old} if old else {})

    def put(_: RecordingVault, account_id: str, key: str) -> None:
        kept = key if key == old else alter(key)
        if kept is not None:
            MemoryVault.put(vault, account_id, kept)

    vault.put = put.__get__(vault)  # type: ignore[method-assign]  # keeps another key
    keychain = Keychain(vault)
    assert error_kind(keychain.store("a", Secret(KEY))) is KeyNotKept
    assert MemoryVault.get(vault, "a") == old
    if old is None:
        assert error_kind(keychain.key("a")) is KeyMissing
    else:
        assert asyncio.run(keychain.key("a")).reveal() == old


def test_a_stored_key_is_not_written_again() -> None:
    """After a write, some systems forget which programs may read the key."""
    vault = RecordingVault(a=KEY)
    asyncio.run(Keychain(vault).store("a", Secret(KEY)))
    assert vault.calls == ["get"]


def test_nothing_is_written_after_a_failed_read() -> None:
    """A key that can't be read is not replaced."""
    vault = RecordingVault(a=KEY)
    vault.locked = True
    assert error_kind(Keychain(vault).store("a", Secret(OTHER))) is KeyringLocked
    assert vault.calls == []


def test_a_stored_text_that_is_no_key_is_unusable() -> None:
    """Another program may have changed the entry."""
    assert error_kind(Keychain(RecordingVault(a="no key")).key("a")) is KeyUnusable


def test_an_invalidated_key_is_read_again() -> None:
    """A person may have changed a rejected key in the keyring's own program."""
    vault = RecordingVault(a=KEY)
    keychain = Keychain(vault)

    async def change() -> str:
        await keychain.key("a")
        MemoryVault.put(vault, "a", OTHER)
        keychain.invalidate("a")
        return (await keychain.key("a")).reveal()

    assert asyncio.run(change()) == OTHER


def test_a_removed_key_is_missing() -> None:
    """The keyring keeps no key of a removed account."""
    vault = RecordingVault(a=KEY)
    keychain = Keychain(vault)
    asyncio.run(keychain.remove("a"))
    assert error_kind(keychain.key("a")) is KeyMissing


def test_each_key_is_masked_before_it_is_used() -> None:
    """The log can only mask keys that it knows."""
    masked: list[str] = []
    keychain = Keychain(
        RecordingVault(a=KEY), mask=lambda key: masked.append(key.reveal())
    )
    asyncio.run(keychain.key("a"))
    asyncio.run(keychain.store("b", Secret(OTHER)))
    assert masked == [KEY, OTHER]


def test_only_one_password_prompt_is_open_at_a_time() -> None:
    """Pressing Unlock twice does not show two prompts."""
    vault, release = RecordingVault(a=KEY), threading.Event()
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


def test_a_prompt_for_other_accounts_follows_the_one_that_is_open() -> None:
    """A second collection may need its own password."""
    vault, release = RecordingVault(a=KEY), threading.Event()
    vault.before = lambda _: release.wait()
    keychain = Keychain(vault)

    async def unlock_both() -> None:
        tasks = [keychain.unlock(["a"]), keychain.unlock(["b"], writing=True)]
        both = asyncio.gather(*tasks)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        release.set()
        await both

    asyncio.run(unlock_both())
    assert vault.unlocked == [(["a"], False), (["b"], True)]


async def finish_late(keychain: Keychain) -> None:
    """Wait until a call succeeds after its time limit."""
    finished = asyncio.Event()
    keychain.finished_late = finished.set
    async with asyncio.timeout(TIMEOUT_S):
        await finished.wait()


def keyring_threads() -> list[threading.Thread]:
    """Return the threads of calls to the keyring."""
    return [thread for thread in threading.enumerate() if thread.name == "keyring"]


async def threads_end() -> None:
    """Wait until the keyring's threads have ended."""
    for thread in keyring_threads():
        await asyncio.to_thread(thread.join, TIMEOUT_S)


async def slow(coroutine: Coroutine[object, object, object]) -> None:
    """Wait for a call that exceeds its time limit."""
    with pytest.raises(KeyringSlow):
        await coroutine


def test_a_key_that_is_read_late_is_kept_and_reported() -> None:
    """A person who confirmed the reading is not prompted again."""

    async def read_late(vault: HangingVault, keychain: Keychain) -> str:
        await slow(keychain.key("a"))
        vault.release()
        await finish_late(keychain)
        return (await keychain.key("a")).reveal()

    with HangingVault("get") as vault:
        keychain = Keychain(vault, timeout_s=0.05)
        assert asyncio.run(read_late(vault, keychain)) == KEY
    assert vault.calls == ["get"]


def test_a_password_that_is_typed_late_unlocks() -> None:
    """The prompt stays open, and pressing Unlock again waits for the same prompt."""

    async def type_late(vault: HangingVault, keychain: Keychain) -> str:
        await slow(keychain.unlock())
        await slow(keychain.unlock())
        vault.release()
        await finish_late(keychain)
        return (await keychain.key("a")).reveal()

    with HangingVault("unlock") as vault:
        vault.locked = True
        keychain = Keychain(vault, prompt_timeout_s=0.05)
        assert asyncio.run(type_late(vault, keychain)) == KEY
    assert vault.calls == ["unlock", "get"]


def test_a_reading_that_hangs_is_joined_not_repeated(tally: Tally) -> None:
    """In a day, a keyring that hangs is called once, not 1,440 times."""

    async def read_every_minute(keychain: Keychain) -> None:
        for _ in range(24 * 60):
            await slow(keychain.key("a"))

    with HangingVault("get") as vault:
        asyncio.run(read_every_minute(Keychain(vault, timeout_s=0.0)))
        assert vault.reached.wait(TIMEOUT_S)
        assert vault.calls == ["get"]
    tally.add(FAULTS)


def test_a_thousand_hanging_accounts_use_a_few_threads(tally: Tally) -> None:
    """The number of calls does not matter."""
    names = [f"account{number}" for number in range(1_000)]

    async def read_all(keychain: Keychain) -> None:
        for _ in range(3):
            await asyncio.gather(*(slow(keychain.key(name)) for name in names))

    before = threading.active_count()
    with HangingVault("get", **dict.fromkeys(names, KEY)) as vault:
        asyncio.run(read_all(Keychain(vault, timeout_s=0.0)))
        assert threading.active_count() - before <= MAX_CALLS
        assert len(vault.calls) <= MAX_CALLS
    tally.add(FAULTS)


def test_an_entry_that_hangs_does_not_delay_the_others() -> None:
    """KeePassXC may prompt for each entry."""

    async def read_both(vault: HangingVault, keychain: Keychain) -> str:
        hung = asyncio.create_task(keychain.key("a"))
        await asyncio.to_thread(vault.reached.wait, TIMEOUT_S)
        vault.before = lambda _: None
        other = (await keychain.key("b")).reveal()
        vault.release()
        await hung
        return other

    with HangingVault("get", a=KEY, b=OTHER) as vault:
        assert asyncio.run(read_both(vault, Keychain(vault))) == OTHER


def test_a_denied_reading_is_not_repeated_before_unlock() -> None:
    """Otherwise each poll would show the keyring's prompt."""
    vault = RecordingVault(a=KEY)

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
def test_a_store_that_timed_out_is_undone(
    hangs_on: str, calls: list[str], old: str | None
) -> None:
    """The dialog showed that storing the key failed, so the old key stays."""

    async def time_out(vault: HangingVault, keychain: Keychain) -> None:
        await slow(keychain.store("a", Secret(OTHER)))
        vault.release()
        await threads_end()

    with HangingVault(hangs_on, **{"a": old} if old else {"b": OTHER}) as vault:
        asyncio.run(time_out(vault, Keychain(vault, change_timeout_s=0.05)))
    if hangs_on == "put" and old is None:
        calls = [*calls[:-1], "remove"]
    assert vault.calls == calls
    assert MemoryVault.get(vault, "a") == old


@pytest.mark.case("part 4", "another desktop's keyring")
def test_a_change_may_take_longer_than_a_reading() -> None:
    """KeePassXC asks a person when the new key is read back."""

    async def store(vault: HangingVault, keychain: Keychain) -> None:
        storing = asyncio.create_task(keychain.store("a", Secret(OTHER)))
        await asyncio.to_thread(vault.reached.wait, TIMEOUT_S)
        await asyncio.sleep(0.01)  # longer than a reading may take
        assert not storing.done()
        vault.release()
        await storing

    with HangingVault("put") as vault:
        asyncio.run(store(vault, Keychain(vault, timeout_s=0.0)))
        assert MemoryVault.get(vault, "a") == OTHER


def test_a_removal_that_timed_out_does_not_happen_later() -> None:
    """A person may have kept the account since then."""

    async def time_out(vault: HangingVault, keychain: Keychain) -> None:
        await asyncio.gather(*(slow(keychain.key(one)) for one in "abcd"))
        await slow(keychain.remove("a"))  # all threads are occupied
        vault.release()
        await threads_end()

    with HangingVault("get", **dict.fromkeys("abcd", KEY)) as vault:
        asyncio.run(
            time_out(vault, Keychain(vault, timeout_s=0.05, change_timeout_s=0.05))
        )
    assert "remove" not in vault.calls


def test_an_old_key_that_is_read_late_does_not_replace_the_new_one() -> None:
    """The key was changed after that reading had started."""

    async def change(vault: HangingVault, keychain: Keychain) -> str:
        await slow(keychain.key("a"))
        vault.before = lambda _: None
        await keychain.store("a", Secret(OTHER))
        vault.release()
        await threads_end()
        return (await keychain.key("a")).reveal()

    with HangingVault("get") as vault:
        assert asyncio.run(change(vault, Keychain(vault, timeout_s=0.2))) == OTHER


def test_asyncios_debug_messages_hold_no_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In debug mode, asyncio logs the contents of its handles and futures."""
    keychain = Keychain(RecordingVault(a=KEY))

    async def use() -> None:
        asyncio.get_running_loop().slow_callback_duration = 0.0
        await keychain.key("a")
        await keychain.store("b", Secret(OTHER))

    with caplog.at_level(logging.DEBUG):
        asyncio.run(use(), debug=True)
    assert "Executing" in caplog.text
    assert not [key for key in (KEY, OTHER) if key in caplog.text]
