"""The mesh of a running platform from outside: ports, certificates, and a client that behaves."""

import json
import pathlib
import socket
import ssl
import struct

PROTOCOL = "provable-rpc/1"
HELLO = 1


class Mesh:
    """The ports and certificates of the platform whose state is in `folder`."""

    def __init__(self, folder):
        self.state = pathlib.Path(folder).resolve()
        self.pki = self.state / "pki"
        self.ports = {}
        for path in sorted((self.state / "config").glob("*.json")):
            self.ports[path.stem] = json.loads(path.read_text())["rpc"]["port"]
        if not self.ports:
            raise SystemExit(f"{folder} holds no platform: start one with `provable dev up --state {folder}`")

    def files(self, name):
        return str(self.pki / f"{name}.pem"), str(self.pki / f"{name}.key")

    def context(self, name="cli"):
        """As a client named so, that believes in the root and in nothing else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_verify_locations(self.pki / "ca.pem")
        context.load_cert_chain(*self.files(name))
        context.set_alpn_protocols([PROTOCOL])
        return context

    def dial(self, port, timeout=5):
        return socket.create_connection(("127.0.0.1", port), timeout=timeout)

    def greeted(self, port, context=None):
        """Shakes hands and reads the server's first frame, which must be its hello; the certificate that the server presented."""
        with (context or self.context()).wrap_socket(self.dial(port), server_hostname="localhost") as connection:
            header = read_exactly(connection, 16)
            length, kind = struct.unpack(">IB", header[:5])
            if kind != HELLO:
                raise AssertionError(f"port {port} began with a frame of type {kind}")
            read_exactly(connection, length)
            return connection.getpeercert()


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise EOFError(f"the connection ended after {len(data)} of {count} bytes")
        data += part
    return data
