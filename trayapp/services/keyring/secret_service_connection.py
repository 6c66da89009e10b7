"""Connections to the Secret Service, which stop waiting for what can't come."""

from collections import deque
from collections.abc import Callable
from contextlib import closing
from typing import Final, TypeVar

from jeepney import (
    DBusErrorResponse,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy
from secretstorage.defines import SS_PATH, SS_PREFIX
from secretstorage.dhcrypto import Session
from secretstorage.exceptions import (
    LockedException,
    PromptDismissedException,
    SecretServiceNotAvailableException,
)
from secretstorage.util import DBusAddressWrapper, add_match_rules, open_session

from trayapp.core.errors import (
    BalanceTrayError,
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    KeyringProblem,
    KeyringSlow,
    SessionBusAbsent,
)
from trayapp.services.desktop.dbus_connection import NoBusError, bus_socket

_NAME: Final = "org.freedesktop.secrets"
_REPLY_S: Final = 30.0
"""Seconds for one call. A prompt is no call and has no time limit here."""
_INVALID_ARGUMENTS: Final = "org.freedesktop.DBus.Error.InvalidArgs"
_ERRORS: Final[dict[str, type[KeyringProblem]]] = {
    "org.freedesktop.Secret.Error.IsLocked": KeyringLocked,
    "org.freedesktop.DBus.Error.AccessDenied": KeyringDenied,
    "org.freedesktop.DBus.Error.NameHasNoOwner": KeyringAbsent,
    "org.freedesktop.DBus.Error.TimedOut": KeyringSlow,
    "org.freedesktop.DBus.Error.Timeout": KeyringSlow,
}
_REPLIES: Final = {MessageType.method_return, MessageType.error}
_T = TypeVar("_T")


class SecretServiceConnection(DBusConnection):
    """A connection that stops waiting for a reply or a prompt that can't come.

    SecretStorage waits for a reply without a limit. It waits for the end of a prompt
    even when the service that showed it is gone.
    """

    def __init__(self) -> None:
        super().__init__(bus_socket("SESSION"))
        self._owners: deque[Message] = deque()
        add_match_rules(self)
        rule = MatchRule(
            type="signal",
            sender="org.freedesktop.DBus",
            interface="org.freedesktop.DBus",
            member="NameOwnerChanged",
        )
        rule.add_arg_condition(0, _NAME)
        Proxy(message_bus, self).AddMatch(rule)
        self.filter(rule, queue=self._owners)

    def send_and_get_reply(
        self, message: Message, *, timeout: float | None = None
    ) -> Message:
        """Wait for the reply; `TimeoutError` after 30 seconds."""
        return super().send_and_get_reply(message, timeout=timeout or _REPLY_S)

    def receive(self, *, timeout: float | None = None) -> Message:
        """Wait for a message, and drop what only pretends to be a reply.

        Any program may send a signal or a call that carries the number of our call.
        """
        while True:
            message = super().receive(timeout=timeout)
            is_reply = message.header.message_type in _REPLIES
            if is_reply or HeaderFields.reply_serial not in message.header.fields:
                return message

    def recv_until_filtered(
        self, queue: deque[Message], *, timeout: float | None = None
    ) -> Message:
        """Wait for the end of a prompt, or of the service that showed it.

        Any program may send the signal of that end, so the sender is compared.
        """
        (service,) = Proxy(message_bus, self).GetNameOwner(_NAME)
        while True:
            while queue:
                signal = queue.popleft()
                if signal.header.fields.get(HeaderFields.sender) == service:
                    return signal
            for _, old_owner, _ in (signal.body for signal in self._owners):
                if old_owner:  # without one, our own call has just started the service
                    raise SecretServiceNotAvailableException(_NAME)
            self.recv_messages(timeout=timeout)


def agree_on_session(connection: SecretServiceConnection) -> Session:
    """Agree with the service on how keys pass over the bus, encrypted if it can.

    KWallet can't encrypt without a library that Debian does not install with it. The
    bus passes its messages to this user's programs alone.
    """
    try:
        return open_session(connection)
    except DBusErrorResponse as error:
        if error.name != _INVALID_ARGUMENTS:
            raise
    session = Session()
    session.encrypted = False
    body = "plain", ("s", "")
    _, session.object_path = secret_service(connection).call("OpenSession", "sv", *body)
    return session


def secret_service(connection: SecretServiceConnection) -> DBusAddressWrapper:
    """Return the service's own object, for calls and properties."""
    return DBusAddressWrapper(SS_PATH, f"{SS_PREFIX}Service", connection)


def run_on_connection(operation: Callable[[SecretServiceConnection], _T]) -> _T:
    """Run an operation on a new connection, and close the connection.

    A foreign exception becomes a `KeyringProblem`. It is not chained, not even as the
    context, because some exceptions quote the key that could not be stored.
    """
    try:
        with closing(SecretServiceConnection()) as connection:
            return operation(connection)
    except BalanceTrayError:
        raise
    except Exception as error:  # noqa: BLE001  # translated below
        problem = _keyring_problem(error)
    raise problem


def _keyring_problem(error: Exception) -> KeyringProblem:
    """Translate an exception of SecretStorage, D-Bus or the system."""
    detail = type(error).__name__
    if isinstance(error, DBusErrorResponse):
        return _ERRORS.get(error.name, KeyringFailed)(detail=error.name)
    # The last one: the service has left the bus, or the bus itself has ended.
    for kind, problem in (
        (PromptDismissedException, KeyringDenied()),
        (LockedException, KeyringLocked()),
        (TimeoutError, KeyringSlow(detail=detail)),
        (NoBusError, SessionBusAbsent()),
        ((SecretServiceNotAvailableException, OSError), KeyringAbsent(detail=detail)),
    ):
        if isinstance(error, kind):
            return problem
    return KeyringFailed(detail=detail)
