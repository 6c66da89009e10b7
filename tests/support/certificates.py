"""What a server needs to prove who it is."""

import ssl

import trustme


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """Make a server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
