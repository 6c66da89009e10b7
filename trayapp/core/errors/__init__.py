"""Every failure that a person can meet, with what to tell them.

::

    BalanceTrayError                 base.py, with Retry, Remedy and Failure
    │                                gateway.py
    ├── GatewayError                 the gateway itself answered, and not with a balance
    │   ├── Unauthorized             401 UNAUTHORIZED: wrong key, or this IP is blocked
    │   └── Refused                  any other error_id; the list is open
    │       └── BadRequest           JSON_PARSE_ERROR, MISSING_PARAMS and the like
    ├── ConnectionProblem            no word from the gateway that could be trusted
    │   ├── NoConnection             no network, no such host, nobody listening
    │   ├── TimedOut                 no whole answer within the deadline
    │   ├── CertificateProblem       TLS could not prove who answers
    │   ├── ProxyProblem             a proxy is set that can't be used
    │   ├── GatewayDown              an HTTP status of 429 or 5xx (not 511, a portal's)
    │   └── UnexpectedReply          something else answered: a portal, a proxy, a page
    │                                keys.py
    ├── KeyringProblem               the key is out of reach
    │   ├── KeyringAbsent            this desktop runs no keyring
    │   ├── KeyringLocked            it waits for its password
    │   ├── KeyringDenied            a person or the system said no
    │   ├── KeyringSlow              no answer in time
    │   └── KeyringFailed            it broke, or did not keep what it was given
    ├── KeyProblem
    │   ├── KeyMissing               the keyring works and holds no key for this account
    │   └── KeyUnusable              what was typed can't be a key
    │                                storage.py
    ├── StorageProblem               our own files
    │   ├── ConfigBroken             the settings file is not what it should be
    │   │   └── ConfigStuck          and can't be moved out of the way
    │   ├── ConfigUnreadable         it may not be read
    │   ├── ConfigTooNew             it was written by a newer version
    │   ├── ConfigUnwritable         it can't be written
    │   ├── HistoryProblem           the database can't be opened or written
    │   │   ├── HistoryBusy          another program holds it
    │   │   ├── HistoryFull          the disk is full
    │   │   ├── HistoryDamaged       a part of it can't be read
    │   │   └── HistoryTooNew        it was written by a newer version
    │   └── ExportUnwritable         the file that was chosen can't be written
    │                                program.py
    ├── NotificationsUnseen          nothing on this desktop shows them
    ├── LoginUnchanged           start at login can't be switched
    ├── ProgramHangs                 another start runs, and does not react
    └── InternalFault                a fault of this program

A class says what a person reads (`title`, `reason`, `advice`: marked for translation,
translated where they are shown), which `Status` the account is in, what the schedule
makes of it (`retry`) and which button helps (`remedy`). An instance adds `detail`, for
the log and for "Copy details" alone.
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
    KeyProblem,
    KeyringAbsent,
    KeyringDenied,
    KeyringFailed,
    KeyringLocked,
    KeyringProblem,
    KeyringSlow,
    KeyUnusable,
)
from trayapp.core.errors.program import (
    InternalFault,
    LoginUnchanged,
    NotificationsUnseen,
    ProgramHangs,
)
from trayapp.core.errors.status import Status
from trayapp.core.errors.storage import (
    ConfigBroken,
    ConfigStuck,
    ConfigTooNew,
    ConfigUnreadable,
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
    "BY_ID",
    "BadRequest",
    "BalanceTrayError",
    "CertificateProblem",
    "ConfigBroken",
    "ConfigStuck",
    "ConfigTooNew",
    "ConfigUnreadable",
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
    "KeyProblem",
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
"""Each that a person can meet, by the name that scripts and the history know."""
