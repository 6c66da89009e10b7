"""Every error that a person can meet, with its words.

::

    BalanceTrayError                 base.py, with Retry, Remedy and Failure
    │                                gateway.py
    ├── GatewayError                 the gateway responded, but not with a balance
    │   ├── Unauthorized             401 UNAUTHORIZED: wrong key or blocked IP address
    │   └── Refused                  any other error_id; the list is open
    │       └── BadRequest           JSON_PARSE_ERROR, MISSING_PARAMS and the like
    ├── ConnectionProblem            no trusted response from the gateway
    │   ├── NoConnection             no network, unknown host, refused connection
    │   ├── TimedOut                 no complete response within the deadline
    │   ├── CertificateProblem       TLS could not verify the server
    │   ├── ProxyProblem             the proxy setting can't be used
    │   ├── GatewayDown              an HTTP status of 429 or 5xx (not 511, a portal's)
    │   └── UnexpectedReply          something else responded: a portal, a proxy
    │                                keys.py
    ├── KeyringProblem               the keyring can't be read or written
    │   ├── KeyringAbsent            the desktop runs no keyring
    │   ├── SessionBusAbsent         no session is found that could run one
    │   ├── KeyringLocked            it waits for its password
    │   ├── KeyringDenied            a person or the system said no
    │   ├── KeyringSlow              no reply in time
    │   ├── KeyringFailed            it reported a fault
    │   ├── KeyNotKept               it returned another key than it was given
    │   └── KeyRemains               it keeps the key of a removed account
    ├── KeyProblem
    │   ├── KeyMissing               the keyring has no key for this account
    │   └── KeyUnusable              the typed text can't be a key
    │                                storage.py
    ├── StorageProblem               our own files
    │   ├── ConfigBroken             the settings file can't be parsed
    │   │   └── ConfigStuck          and can't be moved away
    │   ├── ConfigChanged            a dialog and another program changed the same
    │   ├── ConfigReplaced           it was kept aside, and another one is saved
    │   ├── ConfigUnreadable         it may not be read
    │   │   └── ConfigOfNobody       its owner is unknown, as on a network folder
    │   ├── ConfigUntrusted          other users may write to it
    │   ├── ConfigTooNew             it was written by a newer version
    │   ├── ConfigUnwritable         it can't be written
    │   ├── HistoryProblem           the database can't be opened or written
    │   │   ├── HistoryBusy          another program holds it
    │   │   ├── HistoryFull          the disk is full
    │   │   ├── HistoryDamaged       a part of it can't be read
    │   │   └── HistoryTooNew        it was written by a newer version
    │   └── ExportUnwritable         the file that was chosen can't be written
    │                                program.py
    ├── NotificationsUnseen          the desktop shows no notifications
    ├── LoginUnchanged               start at login can't be switched
    ├── ProgramHangs                 a running program does not react
    ├── RunsElsewhere                the program runs on another display
    └── InternalFault                a fault of this program

A class has the words for a person (`title`, `reason`, `advice`): they are marked for
translation and translated when they are shown. It also has the gateway's `error_ids`,
the account's `Status`, the schedule's `retry` and the `remedy` that helps;
`BalanceTrayError` lists the rest. An instance adds `detail`, only for the log and for
"Copy details".
"""

from collections.abc import Mapping
from typing import Final

from trayapp.core.errors.base import (
    BalanceTrayError,
    Failure,
    Remedy,
    Retry,
)
from trayapp.core.errors.gateway import (
    BadRequest,
    CertificateProblem,
    ConnectionProblem,
    GatewayDown,
    GatewayError,
    NoConnection,
    ProxyProblem,
    Refused,
    TimedOut,
    Unauthorized,
    UnexpectedReply,
)
from trayapp.core.errors.keys import (
    KeyMissing,
    KeyNotKept,
    KeyProblem,
    KeyRemains,
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    KeyringProblem,
    KeyringSlow,
    KeyUnusable,
    SessionBusAbsent,
)
from trayapp.core.errors.program import (
    InternalFault,
    LoginUnchanged,
    NotificationsUnseen,
    ProgramHangs,
    RunsElsewhere,
)
from trayapp.core.errors.status import Status
from trayapp.core.errors.storage import (
    ConfigBroken,
    ConfigChanged,
    ConfigOfNobody,
    ConfigReplaced,
    ConfigStuck,
    ConfigTooNew,
    ConfigUnreadable,
    ConfigUntrusted,
    ConfigUnwritable,
    ExportUnwritable,
    HistoryBusy,
    HistoryDamaged,
    HistoryFull,
    HistoryProblem,
    HistoryTooNew,
    StorageProblem,
)

__all__ = [
    "BY_ERROR_ID",
    "BY_ID",
    "BadRequest",
    "BalanceTrayError",
    "CertificateProblem",
    "ConfigBroken",
    "ConfigChanged",
    "ConfigOfNobody",
    "ConfigReplaced",
    "ConfigStuck",
    "ConfigTooNew",
    "ConfigUnreadable",
    "ConfigUntrusted",
    "ConfigUnwritable",
    "ConnectionProblem",
    "ExportUnwritable",
    "Failure",
    "GatewayDown",
    "GatewayError",
    "HistoryBusy",
    "HistoryDamaged",
    "HistoryFull",
    "HistoryProblem",
    "HistoryTooNew",
    "InternalFault",
    "KeyMissing",
    "KeyNotKept",
    "KeyProblem",
    "KeyRemains",
    "KeyUnusable",
    "KeyringAbsent",
    "KeyringDenied",
    "KeyringFailed",
    "KeyringLocked",
    "KeyringProblem",
    "KeyringSlow",
    "LoginUnchanged",
    "NoConnection",
    "NotificationsUnseen",
    "ProgramHangs",
    "ProxyProblem",
    "Refused",
    "Remedy",
    "Retry",
    "RunsElsewhere",
    "SessionBusAbsent",
    "Status",
    "StorageProblem",
    "TimedOut",
    "Unauthorized",
    "UnexpectedReply",
]

BY_ID: Final[Mapping[str, type[BalanceTrayError]]] = {
    kind.id: kind
    for kind in tuple(globals().values())
    if isinstance(kind, type)
    and issubclass(kind, BalanceTrayError)
    and kind is not BalanceTrayError
    and "id" in vars(kind)
}
"""Every error that a person can meet, by the id in scripts and in the history."""
BY_ERROR_ID: Final[Mapping[str, type[GatewayError]]] = {
    error_id: kind
    for kind in BY_ID.values()
    if issubclass(kind, GatewayError)
    for error_id in vars(kind).get("error_ids", ())
}
"""Every error that the gateway names, by its `error_id`; any other is `Refused`."""
