"""Puts entered keys into the keyring: all of them, or none if what follows fails."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from trayapp.core.errors import BalanceTrayError, KeyProblem
from trayapp.core.secret import Secret
from trayapp.services.keyring.keychain import Keychain

_log = logging.getLogger(__name__)


@asynccontextmanager
async def keys_stored(
    keychain: Keychain, keys: Mapping[str, Secret]
) -> AsyncIterator[None]:
    """Store keys, and put the old ones back if anything fails within.

    Without any key the keyring is left alone: a locked one asks no question.
    """
    if keys:
        await keychain.unlock()
    before: dict[str, Secret | None] = {}
    try:
        for account_id, key in keys.items():
            before[account_id] = await _stored_key(keychain, account_id)
            await keychain.store(account_id, key)
        yield
    except Exception:
        for account_id, old in before.items():
            await _put_back(keychain, account_id, old)
        raise


async def forget_key(keychain: Keychain, account_id: str) -> None:
    """Remove a key; one that can't be is a line in the log."""
    try:
        await keychain.forget(account_id)
    except BalanceTrayError as error:
        _log.warning("the key of %s stays in the keyring: %s", account_id, error)


async def _stored_key(keychain: Keychain, account_id: str) -> Secret | None:
    try:
        return await keychain.key(account_id)
    except KeyProblem:
        return None


async def _put_back(keychain: Keychain, account_id: str, key: Secret | None) -> None:
    """Give the keyring back what it held before a change that failed."""
    if key is None:
        await forget_key(keychain, account_id)
        return
    try:
        await keychain.store(account_id, key)
    except BalanceTrayError as error:
        _log.warning("the old key of %s is lost: %s", account_id, error)
