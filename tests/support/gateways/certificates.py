"""TLS contexts for test servers."""

import ssl

import trustme


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """Make a server's TLS context."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
