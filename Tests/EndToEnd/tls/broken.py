"""Handshakes that must fail, each at one port of the mesh, and the way in which the server has to end them."""

import datetime
import os
import pathlib
import socket
import ssl
import struct
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tlslite.messages import ClientHello
from tlslite.constants import CipherSuite

from mesh import PROTOCOL, read_exactly
from peers import connect, outcome, shake_hands

# The server's word for what it will not have; `closed` is no word at all.
Any = object()


class Forger:
    """Certificates that the mesh's authority would not issue, and some that it would."""

    def __init__(self, mesh):
        self.folder = tempfile.TemporaryDirectory()
        self.root_key = serialization.load_pem_private_key((mesh.pki / "ca.key").read_bytes(), None)
        self.root = x509.load_pem_x509_certificates((mesh.pki / "ca.pem").read_bytes())[0]
        self.other_key = ec.generate_private_key(ec.SECP256R1())

    def make(self, uris, days=(-1, 1), own_root=True):
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "forged")]))
            .issuer_name(self.root.subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=days[0])).not_valid_after(now + datetime.timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True))
        if uris:
            names = [x509.UniformResourceIdentifier(uri) for uri in uris]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        certificate = builder.sign(self.root_key if own_root else self.other_key, hashes.SHA256())
        base = pathlib.Path(self.folder.name) / str(certificate.serial_number)
        base.with_suffix(".pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        base.with_suffix(".key").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return str(base.with_suffix(".pem")), str(base.with_suffix(".key"))


def without_certificate(mesh):
    """A client as it should be, but for the certificate that it does not have."""
    def run(port):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(mesh.pki / "ca.pem")
        context.set_alpn_protocols([PROTOCOL])
        try:
            mesh.greeted(port, context)
            return "hello"
        except ssl.SSLError as error:
            return (error.reason or "closed").lower()
    return run


def with_certificate(files, alpn=PROTOCOL):
    def run(port):
        peer = connect(port)
        return outcome(peer, lambda: shake_hands(peer, files, alpn=alpn))
    return run


def with_version(low, high, **values):
    def run(port, files):
        peer = connect(port)
        return outcome(peer, lambda: shake_hands(peer, files, minVersion=low, maxVersion=high, **values))
    return run


def raw(*parts, reads=True):
    """Sends bytes below TLS and tells what the server made of them."""
    def run(port):
        with socket.create_connection(("127.0.0.1", port), timeout=15) as connection:
            try:
                for part in parts:
                    connection.sendall(part)
                if not reads:
                    return "cut"
                connection.shutdown(socket.SHUT_WR)
                answer = connection.recv(7)
            except TimeoutError:
                return "held open"
            except OSError:
                return "closed"
            # An alert in the clear: type 21, version, length 2, level, description.
            return f"alert {answer[6]}" if len(answer) == 7 and answer[0] == 21 else "closed" if not answer else f"bytes {answer.hex()}"
    return run


def client_hello(context):
    """The first bytes that a good client says."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    handshake = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        handshake.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read(), handshake, incoming, outgoing


def cut_in_the_middle(mesh):
    """Takes the server's flight, answers with half of its own, and goes."""
    def run(port):
        hello, handshake, incoming, outgoing = client_hello(mesh.context())
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(hello)
            while True:
                incoming.write(connection.recv(1 << 16))
                try:
                    handshake.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    continue
            flight = outgoing.read()
            connection.sendall(flight[: len(flight) // 2])
            # A reset instead of an end.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return "cut"
    return run


def tampered(mesh):
    """One bit of the client's last flight is another."""
    def run(port):
        hello, handshake, incoming, outgoing = client_hello(mesh.context())
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(hello)
            while True:
                incoming.write(connection.recv(1 << 16))
                try:
                    handshake.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    continue
            flight = bytearray(outgoing.read())
            flight[-1] ^= 1
            connection.sendall(flight)
            try:
                while part := connection.recv(1 << 16):
                    incoming.write(part)
                incoming.write_eof()
                handshake.read(1 << 16)
                return "went on"
            except ssl.SSLEOFError:
                return "closed"
            except ssl.SSLError as error:
                return (error.reason or "closed").lower()
            except ConnectionError:
                return "closed"
    return run


def renegotiation(mesh):
    """A second ClientHello within the connection; TLS 1.3 has none."""
    def run(port):
        peer = connect(port)

        def act():
            shake_hands(peer, mesh.files("cli"))
            if len(peer.read(min=17, max=1 << 16)) < 17:
                raise AssertionError("the good part of the handshake failed")
            again = ClientHello().create((3, 3), bytearray(os.urandom(32)), bytearray(), [CipherSuite.TLS_AES_128_GCM_SHA256])
            for _ in peer._sendMsg(again):
                pass
        return outcome(peer, act)
    return run


def large_record(mesh):
    """After the handshake: a record that says it is longer than one may be."""
    def run(port):
        peer = connect(port)

        def act():
            shake_hands(peer, mesh.files("cli"))
            peer.read(min=17, max=1 << 16)
            peer.sock.sendall(bytes([23, 3, 3, 0x7F, 0xFF]) + os.urandom(0x7FFF))
        return outcome(peer, act)
    return run


def early_data(mesh):
    """On a resumed session: offered with a real ticket. The server goes on, without having taken it."""
    def run(port):
        first = connect(port)
        shake_hands(first, mesh.files("cli"))
        first.read(min=17, max=1 << 16)
        if not first.session.tickets:
            return "no ticket came"
        session = first.session
        first.sock.close()
        second = connect(port)
        second.offers_early_data = True
        result = outcome(second, lambda: shake_hands(second, mesh.files("cli"), session=session))
        if second.agreed is None:
            return f"no answer: {result}"
        if any(each.extType == 42 for each in second.agreed.extensions):
            return "early data taken"
        return f"not taken, then {result}"
    return run


def downgrade(mesh):
    """A client that could do more says that it fell back: TLS_FALLBACK_SCSV (RFC 7507)."""
    return lambda port: with_version((3, 1), (3, 3), sendFallbackSCSV=True)(port, mesh.files("cli"))


def cases(mesh, forger):
    """(name, how, the ends that are right). Alerts in the clear are told by number: 10 unexpected message, 22 record overflow, 50 decode
    error, 70 protocol version."""
    cli = mesh.files("cli")
    hello = client_hello(mesh.context())[0]
    domain = "spiffe://provable.internal"
    return [
        ("no client certificate", without_certificate(mesh), {"tlsv13_alert_certificate_required"}),
        ("the client's certificate left out", with_certificate(None), {"certificate_required"}),
        ("a compressed certificate that was not asked for",
         lambda port: with_version((3, 4), (3, 4), certificate_compression_send=["zlib"])(port, cli), {"unexpected_message"}),
        ("a certificate of another root", with_certificate(forger.make([f"{domain}/ledger"], own_root=False)), {"decrypt_error"}),
        ("an expired certificate", with_certificate(forger.make([f"{domain}/ledger"], days=(-9, -1))), {"certificate_expired"}),
        ("a certificate of tomorrow", with_certificate(forger.make([f"{domain}/ledger"], days=(1, 9))), {"bad_certificate"}),
        ("a certificate without a name", with_certificate(forger.make([])), {"handshake_failure"}),
        ("a certificate of no service", with_certificate(mesh.files("redis")), {"handshake_failure"}),
        ("a certificate of another trust domain", with_certificate(forger.make(["spiffe://elsewhere.example/ledger"])), {"handshake_failure"}),
        ("a certificate with two identities", with_certificate(forger.make([f"{domain}/ledger", f"{domain}/gateway"])), {"handshake_failure"}),
        ("another application protocol", with_certificate(cli, alpn="h2"), {"no_application_protocol"}),
        ("no application protocol", with_certificate(cli, alpn=None), {"closed"}),
        ("TLS 1.2", lambda port: with_version((3, 3), (3, 3))(port, cli), {"protocol_version"}),
        ("TLS 1.1", lambda port: with_version((3, 2), (3, 2))(port, cli), {"protocol_version"}),
        ("TLS 1.0", lambda port: with_version((3, 1), (3, 1))(port, cli), {"protocol_version"}),
        ("a downgrade", downgrade(mesh), {"protocol_version", "inappropriate_fallback"}),
        ("renegotiation", renegotiation(mesh), {"unexpected_message"}),
        ("half a ClientHello, then the end", raw(hello[: len(hello) // 2]), {"closed"}),
        ("a ClientHello in single bytes, then cut", raw(*[hello[i:i + 1] for i in range(60)], reads=False), {"cut"}),
        ("a ClientHello that lies about its length", raw(hello[:5] + b"\x01\xff\xff\xff" + hello[9:]), {"alert 47", "alert 50", "alert 10"}),
        ("a ClientHello of random bytes", raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc" + os.urandom(508)), Any),
        ("a handshake that is cut in the middle", cut_in_the_middle(mesh), {"cut"}),
        ("a Finished that was changed", tampered(mesh), {"sslv3_alert_bad_record_mac"}),
        ("a first record that is too long", raw(b"\x16\x03\x01\xff\xff" + os.urandom(0xFFFF)), {"alert 22"}),
        ("a later record that is too long", large_record(mesh), {"record_overflow"}),
        ("plain HTTP", raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), {"closed", "alert 70", "alert 10"}),
        ("the mesh's frames without TLS", raw(struct.pack(">IBBHII", 0, 1, 0, 0, 0, 0)), {"closed"}),
        ("random bytes", raw(os.urandom(4096)), {"closed"}),
        ("nothing at all", raw(b""), {"closed"}),
        ("early data on a resumed session", early_data(mesh), {"not taken, then hello"}),
    ]


# What no case may come to.
FORBIDDEN = {"hello", "went on", "held open"}
