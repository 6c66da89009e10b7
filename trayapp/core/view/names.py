"""The names of statuses and services."""

from typing import Final

from trayapp.core.account import Service
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import Language, mark

_STATUS_WORDS: Final = {
    # Translators: how an account's balance stands: there is enough.
    Status.OK: mark("Fine"),
    Status.SOON: mark("Few days left"),
    # Translators: how an account's balance stands: below its limit.
    Status.LOW: mark("Low"),
    # Translators: how an account's balance stands: used up.
    Status.EMPTY: mark("Empty"),
    Status.UNAUTHORIZED: mark("Key rejected"),
    # Translators: the gateway refused to tell the balance.
    Status.REFUSED: mark("Refused"),
    # Translators: the gateway can't be reached.
    Status.UNREACHABLE: mark("Unreachable"),
    Status.LOCKED: mark("Keyring out of reach"),
    # Translators: the account has no API key.
    Status.NO_KEY: mark("No key yet"),
    # Translators: the gateway was not asked for this account's balance.
    Status.UNKNOWN: mark("Not asked yet"),
    # Translators: the program has no accounts.
    Status.NOT_SET_UP: mark("Not set up"),
}
_SERVICE_NAMES: Final = {
    Service.SMSUP: "SMSup",
    Service.SMSPUBLI: "SMSPubli",
    # Translators: another service than the ones named.
    Service.CUSTOM: mark("Other"),
}


def status_words(status: Status, language: Language) -> str:
    """Name a status in a few words."""
    return language.gettext(_STATUS_WORDS[status])


def service_name(service: Service, language: Language) -> str:
    """Name the brand of an account's service."""
    return language.gettext(_SERVICE_NAMES[service])
