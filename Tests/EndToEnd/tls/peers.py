"""Clients that no service would be, made of a TLS library that says what it is told to."""

import pathlib
import socket

from tlslite.api import HandshakeSettings, TLSConnection, X509, X509CertChain, parsePEMKey
from tlslite.constants import AlertDescription, ContentType, ExtensionType
from tlslite.errors import TLSAbruptCloseError, TLSClosedConnectionError, TLSError, TLSRemoteAlert
from tlslite.extensions import TLSExtension
from tlslite.handshakehelpers import HandshakeHelpers
from tlslite.messages import EncryptedExtensions

from mesh import PROTOCOL


class Peer(TLSConnection):
    """Remembers what the server agreed to, and can offer what the library would not."""

    offers_early_data = False
    agreed = None

    def _getMsg(self, *arguments, **more):
        for result in super()._getMsg(*arguments, **more):
            if isinstance(result, EncryptedExtensions):
                self.agreed = result
            yield result

    def _clientSendClientHello(self, *arguments):
        original = HandshakeHelpers.update_binders

        def with_early_data(hello, *rest):
            # Before the pre-shared key, which has to stand last.
            hello.extensions.insert(-1, TLSExtension(extType=ExtensionType.early_data).create(bytearray()))
            return original(hello, *rest)

        if self.offers_early_data:
            HandshakeHelpers.update_binders = staticmethod(with_early_data)
        try:
            yield from super()._clientSendClientHello(*arguments)
        finally:
            HandshakeHelpers.update_binders = staticmethod(original)
        if self.offers_early_data:
            # Whatever key it is encrypted with, nobody here may ask for it.
            self.sock.sendall(bytes([ContentType.application_data, 3, 3, 0, 64]) + b"\x17" * 64)


def connect(port, timeout=5):
    return Peer(socket.create_connection(("127.0.0.1", port), timeout=timeout))


def settings(**values):
    result = HandshakeSettings()
    result.keyShares = ["x25519"]
    # The library compresses its certificate even where the server did not say that it may.
    result.certificate_compression_send = []
    for name, value in values.items():
        setattr(result, name, value)
    return result


def shake_hands(peer, files=None, alpn=PROTOCOL, session=None, **values):
    chain, key = None, None
    if files:
        certificate, private = (pathlib.Path(each).read_text() for each in files)
        chain, key = X509CertChain([X509().parse(certificate)]), parsePEMKey(private, private=True, implementations=["python"])
    peer.handshakeClientCert(
        chain, key, session=session, settings=settings(**values), serverName="localhost", alpn=[bytearray(alpn.encode())] if alpn else None)


def outcome(peer, act):
    """How the server ended it, after `act`: the name of its alert, `closed`, or `hello` where it went on as with a friend."""
    try:
        act()
        # TLS 1.3: a client is done before the server has judged it.
        data = peer.read(min=17, max=1 << 16)
        return "hello" if len(data) > 16 and data[4] == 1 else "closed"
    except TLSRemoteAlert as alert:
        return AlertDescription.toStr(alert.description)
    except (TLSAbruptCloseError, TLSClosedConnectionError, ConnectionError):
        return "closed"
    except TLSError as error:
        # The library's own complaint about an answer; the server may have gone on.
        return f"{type(error).__name__}: {error}"
    finally:
        peer.sock.close()
