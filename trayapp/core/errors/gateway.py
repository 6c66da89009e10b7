"""A request to the gateway gave no balance."""

from typing import ClassVar

from trayapp.core.errors.base import BalanceTrayError, Remedy, Retry
from trayapp.core.errors.status import Status
from trayapp.core.i18n.language import mark


class GatewayError(BalanceTrayError):
    """The gateway responded, but not with a balance."""

    error_ids: ClassVar[tuple[str, ...]] = ()
    """The gateway's `error_id`s that mean this class; a subclass has its own."""


class Unauthorized(GatewayError):
    """401 UNAUTHORIZED; the gateway documents two causes and never says which."""

    id = "unauthorized"
    error_ids = ("UNAUTHORIZED",)
    rejects_key = True
    counts_as_outage = False
    status = Status.UNAUTHORIZED
    retry = Retry.DAILY
    remedy = Remedy.REPLACE_KEY
    title = mark("The gateway rejects the API key")
    reason = mark(
        "Either the key is wrong or was revoked, or this computer's IP address is "
        "blocked in the account's API settings."
    )
    advice = mark(
        "If the key changed, enter the new one. If it did not, allow this computer's "
        "IP address in the API settings of the account's panel, then check again. "
        "Until then the gateway is asked only once a day, so that it does not block "
        "this computer."
    )
    # CONTRACT.md, "Seen later".
    first_advice = mark(
        "Does the key belong to another company's API? Keys of 360nrs, of smsup.ch and "
        "of the old smsup.es API do not work here."
    )


class Refused(GatewayError):
    """Any `error_id` that has no class of its own; the list is open."""

    id = "refused"
    status = Status.REFUSED
    retry = Retry.LATER
    title = mark("The gateway refuses to tell the balance")
    reason = mark("It answered with an error that this program does not know.")
    advice = mark(
        "Check the account and the sub-account's name in the settings. If they are "
        "right, send the details to the gateway's support."
    )
    remedy = Remedy.COPY_DETAILS


class BadRequest(Refused):
    """The gateway could not read the request; the program or a proxy broke it."""

    id = "bad-request"
    error_ids = ("JSON_PARSE_ERROR", "MISSING_PARAMS", "INVALID_CONTENT_TYPE")
    title = mark("The gateway could not read the request")
    reason = mark(
        "This program sent it wrongly, or something on the way changed it; "
        "the account itself may be fine."
    )
    advice = mark(
        "Check again. If it stays so, report it to the makers of Balance Tray with the "
        "details, which hold no key."
    )


# --- no trusted response ----------------------------------------------------------


class ConnectionProblem(BalanceTrayError):
    """There was no trusted response from the gateway."""


class NoConnection(ConnectionProblem):
    """No network, an unknown host, a refused connection, or a connection that broke."""

    id = "no-connection"
    title = mark("The gateway can't be reached")
    reason = mark(
        "There is no connection from this computer to the gateway, or it was cut off."
    )
    advice = mark(
        "Check the network connection. The program tries again by itself and keeps "
        "showing the last balance with its age."
    )


class TimedOut(ConnectionProblem):
    """There was no complete response within the total deadline."""

    id = "timed-out"
    title = mark("The gateway does not answer in time")
    reason = mark("No whole answer came before the program stopped waiting for it.")
    advice = mark(
        "The program tries again by itself; often this passes in minutes. If it does "
        "not, check the network connection."
    )


class CertificateProblem(ConnectionProblem):
    """TLS could not verify the server; the key was not sent."""

    id = "certificate"
    retry = Retry.LATER
    title = mark("The connection to the gateway is not secure")
    reason = mark(
        "Its certificate could not be verified, so the API key was not sent. The "
        "computer's date may be wrong, or something reads along on the network."
    )
    advice = mark(
        "Check the date and the network (a guest Wi-Fi that wants a login, a company "
        "proxy). If it goes on, ask whoever looks after the network."
    )


class ProxyProblem(ConnectionProblem):
    """The environment names a proxy that can't be used."""

    id = "proxy"
    title = mark("The proxy setting can't be used")
    reason = mark("A proxy is set for this computer that is unknown or does not work.")
    advice = mark(
        "Check the proxy in the system's settings or in HTTPS_PROXY, and its user and "
        "password if it wants a login. The program tries again by itself."
    )


class GatewayDown(ConnectionProblem):
    """An HTTP status that means "try later": 429 or 5xx, except 511."""

    id = "gateway-down"
    retry = Retry.LATER
    title = mark("The gateway is not available at the moment")
    reason = mark("It answered that it is overloaded or being serviced.")
    advice = mark(
        "Nothing needs to be done: the program asks again later, when the gateway "
        "wants it to."
    )


class UnexpectedReply(ConnectionProblem):
    """Not the gateway's response: a login page, a proxy's refusal, a broken reply."""

    id = "unexpected-reply"
    remedy = Remedy.COPY_DETAILS
    title = mark("The answer is not what the gateway sends")
    reason = mark(
        "Something on the way may have answered instead, such as the login page of a "
        "Wi-Fi network, or the address in the settings is not the gateway's."
    )
    advice = mark(
        "Open a web page to see whether the network wants a login, and check the "
        "service's address in the settings."
    )
