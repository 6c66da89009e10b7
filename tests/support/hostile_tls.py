"""Servers whose TLS is bad, each in its own way, before the greeting or after it."""

import os
import ssl
import tempfile
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import trustme

from certificates import serving
from hostile import CUT, INSECURE, STRANGE, Verdict
from peer import Answer, Line
from replies import GOOD, reply

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


def _without_the_middle(trusted: trustme.CA) -> ssl.SSLContext:
    """Keep back the certificate between the trusted one and the host's."""
    certificate = trusted.create_child_ca().issue_cert(HOST)
    return _loaded(certificate.private_key_pem, certificate.cert_chain_pems[0])


def _self_signed(_: trustme.CA) -> ssl.SSLContext:
    """Vouch for itself."""
    own = trustme.CA(organization_name="Own")
    return _loaded(own.private_key_pem, own.cert_pem)


def _by_the_host_of_another(trusted: trustme.CA) -> ssl.SSLContext:
    """Be signed by one who may be a host, and no authority."""
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
    "without the one in the middle": ("unable to get", _without_the_middle),
    "self-signed": ("self-signed", _self_signed),
    "by another host": ("", _by_the_host_of_another),
}
"""What the client's words must hold, and the server's side; all but the certificate
is as it should be."""


class Sealed:
    """The server's end of TLS over a line, by hand, so that it can be done badly."""

    def __init__(self, line: Line, context: ssl.SSLContext) -> None:
        self._line = line
        self._come, self._go = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._come, self._go, server_side=True)

    async def greet(self) -> None:
        """Go through the handshake."""
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
        """Wait until something was asked."""
        while True:
            try:
                self._tls.read()
            except ssl.SSLWantReadError:
                self._come.write(await self._line.hear_some())
            else:
                return

    def alert(self) -> bytes:
        """Give what TLS says of its own failure."""
        return self._go.read()

    def seal(self, text: bytes) -> bytes:
        """Encrypt, and send nothing yet."""
        self._tls.write(text)
        return self._go.read()


def first_saying(raw: bytes) -> Answer:
    """Answer a greeting with this, in the clear, and hear what comes of it."""

    async def answer(line: Line) -> None:
        await line.send(raw)
        await line.hear_all()

    return answer


async def _hangs_up(line: Line) -> None:
    """Close as soon as somebody is there."""


async def _resets(line: Line) -> None:
    """Reset as soon as somebody is there."""
    line.reset()


def speaking_tls_1_0(context: ssl.SSLContext) -> Answer:
    """Speak what was given up in 2021, and nothing newer."""
    with warnings.catch_warnings():
        # Python says so, too; being outdated is what it is here for.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")

    async def answer(line: Line) -> None:
        sealed = Sealed(line, context)
        try:
            await sealed.greet()
        except ssl.SSLError:
            await line.send(sealed.alert())
        await line.hear_all()

    return answer


GREETINGS: Final[dict[str, tuple[Verdict, Answer]]] = {
    "plain HTTP on the port": (INSECURE, first_saying(reply())),
    "plain HTTP that leads elsewhere": (
        INSECURE,
        first_saying(reply("", "301 Away", Location="http://127.0.0.1:9/")),
    ),
    "a mail server on the port": (INSECURE, first_saying(b"220 mail ESMTP\r\n")),
    "nonsense": (INSECURE, first_saying(b"\x00" * 4_096)),
    "an alert": (INSECURE, first_saying(bytes.fromhex("15030300020228"))),
    "a record that is too long": (INSECURE, first_saying(b"\x16\x03\x03\xff\xff" * 9)),
    "closed": (CUT, _hangs_up),
    "reset": (CUT, _resets),
}
"""What answers where TLS should begin."""


def tampered(context: ssl.SSLContext) -> Answer:
    """Turn a bit of the sealed reply, as who reads along could."""

    async def answer(line: Line) -> None:
        sealed = Sealed(line, context)
        await sealed.greet()
        await sealed.hear()
        record = bytearray(sealed.seal(reply()))
        record[-20] ^= 1
        await line.send(bytes(record))
        assert await line.gone()

    return answer


def broken_off(context: ssl.SSLContext) -> Answer:
    """Close in the middle, without TLS's own word of the end."""

    async def answer(line: Line) -> None:
        sealed = Sealed(line, context)
        await sealed.greet()
        await sealed.hear()
        await line.send(sealed.seal(reply()[: -len(GOOD) // 2]))

    return answer


def in_the_clear(context: ssl.SSLContext) -> Answer:
    """Greet well, and then answer without TLS."""

    async def answer(line: Line) -> None:
        sealed = Sealed(line, context)
        await sealed.greet()
        await sealed.hear()
        await line.send(reply())
        assert await line.gone()

    return answer


def wanting_a_certificate(context: ssl.SSLContext) -> Answer:
    """Want the client to prove who it is, which TLS 1.3 says only afterwards."""

    async def answer(line: Line) -> None:
        context.verify_mode = ssl.CERT_REQUIRED
        sealed = Sealed(line, context)
        try:
            await sealed.greet()
        except ssl.SSLError:
            await line.send(sealed.alert())
        assert await line.gone()

    return answer


SEALED: Final[dict[str, tuple[Verdict, Callable[[ssl.SSLContext], Answer]]]] = {
    "tampered with": (STRANGE, tampered),
    "broken off": (CUT, broken_off),
    "in the clear after the greeting": (STRANGE, in_the_clear),
    "wanting a client's certificate": (STRANGE, wanting_a_certificate),
}
"""What goes wrong when the certificate was good and the key was sent."""
