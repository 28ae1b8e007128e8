#!/usr/bin/env python3
"""Verifies a bundle of Provable, written apart from the product: verify_bundle.py BUNDLE [TRUST]. Needs only `cryptography`."""
import base64, hashlib, json, sys
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
def check(holds, reason):
    if not holds: raise ValueError(reason)
def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()
def b64(text): return base64.b64decode(text, validate=True)
def tree(leaves):  # RFC 6962, 2.1: the root over hashed leaves
    if len(leaves) == 1: return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1", tree(leaves[:half]), tree(leaves[half:]))
def climb(digest, index, size, path):  # RFC 9162, 2.1.3.2: the root that an inclusion path leads to
    node, last = index, size - 1
    check(0 <= node <= last, "index beyond the tree")
    for sibling in path:
        check(last > 0, "path too long")
        if node & 1 or node == last:
            digest = sha(b"\1", sibling, digest)
            while node and not node & 1: node, last = node >> 1, last >> 1
        else: digest = sha(b"\1", digest, sibling)
        node, last = node >> 1, last >> 1
    check(last == 0, "path too short")
    return digest
def verify_checkpoint(note, origin, logs):  # C2SP signed-note, Ed25519
    text, lines = note[:note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2:].splitlines()
    for key in (b64(log["key"].split("+", 2)[2]) for log in logs if log["origin"] == origin):
        for name, raw in ((line.split(" ")[1], b64(line.split(" ")[2])) for line in lines):
            if name == origin and raw[:4] == sha(origin.encode(), b"\n", key)[:4]:
                return ed25519.Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], text.encode())
    raise ValueError("the checkpoint is not signed by a trusted log key")
def verify_receipt(item, origin, services, logs):
    envelope, leaf, (head, _, note) = item["envelope"], json.loads(item["leaf"]), item["proof"].partition("\n\n")
    kind, payload, signature = envelope["payloadType"].encode(), b64(envelope["payload"]), envelope["signatures"][0]
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    check(signature["keyid"] in services, "signed with a key that is not trusted")
    services[signature["keyid"]].verify(b64(signature["sig"]), pae, ec.ECDSA(hashes.SHA256()))
    check(leaf["pae_sha256"] == sha(pae).hex() and leaf["signatures"] == [signature], "the leaf commits to another payload")
    predicate, sd = json.loads(payload)["predicate"], [base64.urlsafe_b64encode(sha(t.encode()))[:43].decode() for t in item["disclosures"]]
    check(predicate["tenant"] == origin and set(sd) <= set(predicate["_sd"]), "another tenant's, or a disclosure that was never signed")
    verify_checkpoint(note, origin, logs)
    index, path, (name, size, root) = int(head.split("\n")[1][6:]), [b64(line) for line in head.split("\n")[2:]], note.split("\n")[:3]
    check(name == origin and climb(sha(b"\0", item["leaf"].encode()), index, int(size), path) == b64(root), f"a leaf is not at index {index} of the log")
    return index, sha(pae), leaf["kind"], predicate
def main(path, trust=None):
    bundle = json.load(open(path))
    keys = json.load(open(trust)) if trust else bundle["keys"]
    services = {k["keyid"]: serialization.load_pem_public_key(k["pem"].encode()) for k in keys["services"]}
    receipts = [verify_receipt(item, bundle["origin"], services, keys["logs"]) for item in bundle["receipts"]]
    check(all(a[0] < b[0] for a, b in zip(receipts, receipts[1:])), "the receipts are out of the log's order")
    closing = [r for r in receipts if r[2] == "run-close/v1"]
    check(len(closing) == 1, "the run is not closed: nothing says that this is all")
    facts, present = closing[0][3]["facts"], {r[1].hex() for r in receipts if r is not closing[0]}
    members = sorted(bytes.fromhex(m) for m in facts.get("members", present) if m in present)
    check(len(members) == facts["receipts"], f"{facts['receipts'] - len(members)} of {facts['receipts']} receipts are missing")
    check(tree([sha(b"\0", m) for m in members]).hex() == facts["set_root"], "the receipts are not the set that the run was closed with")
    print(f"COVERED: {len(receipts)} receipts hold and the set is complete" + ("" if trust else " (keys taken from the bundle)"))
try: main(*sys.argv[1:3])
except Exception as fault: sys.exit(f"REJECTED: {fault}" if str(fault) else "REJECTED: a payload or a signature was changed")
