"""What a scanner sees of each port of the mesh: TLS 1.3 and nothing older, three ciphers, and the certificate of the right service."""

import subprocess
import xml.etree.ElementTree as xml

CIPHERS = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
GROUPS = {"x25519", "secp256r1", "secp384r1"}


def scan(service, port):
    """Problems; none is good."""
    report = subprocess.run(
        ["sslscan", "--xml=-", "--show-certificate", f"127.0.0.1:{port}"], capture_output=True, text=True, timeout=120, check=True).stdout
    test = xml.fromstring(report).find("ssltest")
    problems = []

    def expect(what, found, wanted):
        if found != wanted:
            problems.append(f"{what}: {found}, not {wanted}")

    enabled = {f"{each.get('type')}{each.get('version')}" for each in test.findall("protocol") if each.get("enabled") == "1"}
    scanned = {f"{each.get('type')}{each.get('version')}" for each in test.findall("protocol")}
    expect("protocols tried", scanned, {"ssl2", "ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3"})
    expect("protocols", enabled, {"tls1.3"})
    expect("ciphers", {each.get("cipher") for each in test.findall("cipher")}, CIPHERS)
    expect("groups", {each.get("name").split(" ")[0] for each in test.findall("group")}, GROUPS)
    expect("renegotiation", test.find("renegotiation").get("supported"), "0")
    names = [each.text for each in test.iter("altnames")]
    expect("identity", any(f"URI:spiffe://provable.internal/{service}," in f"{name}," for name in names), True)
    return problems
