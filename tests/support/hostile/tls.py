"""Servers with bad TLS, before the handshake or after it."""

import os
import ssl
import tempfile
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import trustme

from gateways.certificates import serving
from gateways.peer import Answer, Line
from gateways.replies import GOOD, reply
from hostile.case import CUT, INSECURE, STRANGE, ExpectedFailure

HOST: Final = "127.0.0.1"
_TODAY: Final = datetime.now(UTC)
_YEAR: Final = timedelta(days=365)


def _expired(trusted: trustme.CA) -> ssl.SSLContext:
    yesterday = _TODAY - timedelta(days=1)
    return serving(trusted.issue_cert(HOST, not_after=yesterday))


def _expired_long_ago(trusted: trustme.CA) -> ssl.SSLContext:
    past = _TODAY - 20 * _YEAR
    return serving(trusted.issue_cert(HOST, not_before=past - _YEAR, not_after=past))


def _not_yet_valid(trusted: trustme.CA) -> ssl.SSLContext:
    then = _TODAY + timedelta(days=1)
    return serving(trusted.issue_cert(HOST, not_before=then, not_after=then + _YEAR))


def _of_another_host(trusted: trustme.CA) -> ssl.SSLContext:
    return serving(trusted.issue_cert("gateway.example"))


def _of_another_address(trusted: trustme.CA) -> ssl.SSLContext:
    return serving(trusted.issue_cert("127.0.0.2"))


def _of_a_common_name_alone(trusted: trustme.CA) -> ssl.SSLContext:
    return serving(trusted.issue_cert("gateway.example", common_name=HOST))


def _by_an_unknown_authority(_: trustme.CA) -> ssl.SSLContext:
    return serving(trustme.CA(organization_name="Nobody").issue_cert(HOST))


def _without_the_intermediate(trusted: trustme.CA) -> ssl.SSLContext:
    """Leave out the intermediate certificate."""
    certificate = trusted.create_child_ca().issue_cert(HOST)
    return _loaded(certificate.private_key_pem, certificate.cert_chain_pems[0])


def _self_signed(_: trustme.CA) -> ssl.SSLContext:
    """Sign the certificate with its own key."""
    own = trustme.CA(organization_name="Own")
    return _loaded(own.private_key_pem, own.cert_pem)


def _by_the_host_of_another(trusted: trustme.CA) -> ssl.SSLContext:
    """Sign the certificate with a host's key, which is no authority."""
    host = trusted.issue_cert("gateway.example")
    signed = trustme.CA.from_pem(
        host.cert_chain_pems[0].bytes(), host.private_key_pem.bytes()
    ).issue_cert(HOST)
    return serving(signed)


def _loaded(key: trustme.Blob, certificate: trustme.Blob) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        pem = Path(folder, "certificate.pem")
        pem.write_bytes(key.bytes() + certificate.bytes())
        context.load_cert_chain(os.fspath(pem))
    return context


CERTIFICATES: Final[dict[str, tuple[str, Callable[[trustme.CA], ssl.SSLContext]]]] = {
    "expired yesterday": ("expired", _expired),
    "expired 20 years ago": ("expired", _expired_long_ago),
    "not valid before tomorrow": ("not yet valid", _not_yet_valid),
    "another host's": (f"not valid for '{HOST}'", _of_another_host),
    "another address's": (f"not valid for '{HOST}'", _of_another_address),
    "the host in its common name alone": (
        f"not valid for '{HOST}'",
        _of_a_common_name_alone,
    ),
    "by an unknown authority": ("unable to get", _by_an_unknown_authority),
    "without the one in the middle": ("unable to get", _without_the_intermediate),
    "self-signed": ("self-signed", _self_signed),
    "by another host": ("", _by_the_host_of_another),
}
"""A part of the client's error, and the server's context with a bad certificate."""


class ServerTls:
    """The server's end of TLS over a connection, step by step."""

    def __init__(self, line: Line, context: ssl.SSLContext) -> None:
        self._line = line
        self._come, self._go = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._come, self._go, server_side=True)

    async def greet(self) -> None:
        """Do the handshake."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._line.send(self._go.read())
                self._come.write(await self._line.hear_some())
            else:
                break
        await self._line.send(self._go.read())

    async def hear(self) -> None:
        """Wait for the first part of a request."""
        while True:
            try:
                self._tls.read()
            except ssl.SSLWantReadError:
                self._come.write(await self._line.hear_some())
            else:
                return

    def alert(self) -> bytes:
        """Give the alert of a failed handshake."""
        return self._go.read()

    def seal(self, text: bytes) -> bytes:
        """Encrypt a text without sending it."""
        self._tls.write(text)
        return self._go.read()


def responding_first(raw: bytes) -> Answer:
    """Send this in plain text instead of a handshake, and read the reaction."""

    async def answer(line: Line) -> None:
        await line.send(raw)
        await line.hear_all()

    return answer


async def _hangs_up(line: Line) -> None:
    """Close the connection at once."""


async def _resets(line: Line) -> None:
    """Reset the connection at once."""
    line.reset()


def speaking_tls_1_0(context: ssl.SSLContext) -> Answer:
    """Offer only TLS 1.0, which was deprecated in 2021."""
    with warnings.catch_warnings():
        # Python warns of TLS 1.0, which this server needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")

    async def answer(line: Line) -> None:
        tls = ServerTls(line, context)
        try:
            await tls.greet()
        except ssl.SSLError:
            await line.send(tls.alert())
        await line.hear_all()

    return answer


HANDSHAKES: Final[dict[str, tuple[ExpectedFailure, Answer]]] = {
    "plain HTTP on the port": (INSECURE, responding_first(reply())),
    "plain HTTP that leads elsewhere": (
        INSECURE,
        responding_first(reply("", "301 Away", Location="http://127.0.0.1:9/")),
    ),
    "a mail server on the port": (INSECURE, responding_first(b"220 mail ESMTP\r\n")),
    "nonsense": (INSECURE, responding_first(b"\x00" * 4_096)),
    "an alert": (INSECURE, responding_first(bytes.fromhex("15030300020228"))),
    "a record that is too long": (
        INSECURE,
        responding_first(b"\x16\x03\x03\xff\xff" * 9),
    ),
    "closed": (CUT, _hangs_up),
    "reset": (CUT, _resets),
}
"""Responses in place of a handshake."""


def tampered(context: ssl.SSLContext) -> Answer:
    """Flip a bit of the encrypted response, as a man in the middle could."""

    async def answer(line: Line) -> None:
        tls = ServerTls(line, context)
        await tls.greet()
        await tls.hear()
        record = bytearray(tls.seal(reply()))
        record[-20] ^= 1
        await line.send(bytes(record))
        assert await line.gone()

    return answer


def broken_off(context: ssl.SSLContext) -> Answer:
    """Close within the response, without TLS's close alert."""

    async def answer(line: Line) -> None:
        tls = ServerTls(line, context)
        await tls.greet()
        await tls.hear()
        await line.send(tls.seal(reply()[: -len(GOOD) // 2]))

    return answer


def in_the_clear(context: ssl.SSLContext) -> Answer:
    """Do the handshake, then respond in plain text."""

    async def answer(line: Line) -> None:
        tls = ServerTls(line, context)
        await tls.greet()
        await tls.hear()
        await line.send(reply())
        assert await line.gone()

    return answer


def wanting_a_certificate(context: ssl.SSLContext) -> Answer:
    """Require a client certificate; TLS 1.3 reports that after the handshake."""

    async def answer(line: Line) -> None:
        context.verify_mode = ssl.CERT_REQUIRED
        tls = ServerTls(line, context)
        try:
            await tls.greet()
        except ssl.SSLError:
            await line.send(tls.alert())
        assert await line.gone()

    return answer


AFTER_HANDSHAKE: Final[
    dict[str, tuple[ExpectedFailure, Callable[[ssl.SSLContext], Answer]]]
] = {
    "tampered with": (STRANGE, tampered),
    "broken off": (CUT, broken_off),
    "in the clear after the greeting": (STRANGE, in_the_clear),
    "wanting a client's certificate": (STRANGE, wanting_a_certificate),
}
"""Faults after a good handshake, when the key was sent."""
