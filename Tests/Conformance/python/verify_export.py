#!/usr/bin/env python3
"""Two libraries that know nothing of Provable verify a bundle it exported: securesystemslib the DSSE envelopes, proofbundle the
tlog proofs. Usage: verify_export.py BUNDLE. Needs securesystemslib==1.6.0, proofbundle==6.3.1, cryptography."""

import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from proofbundle.tlogproof import verify_tlog_proof
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey


def dsse_difference(item, keys):
    """Why securesystemslib does not accept the envelope, or None."""
    envelope = Envelope.from_dict(json.loads(json.dumps(item["envelope"])))
    try:
        envelope.verify(list(keys.values()), 1)
    except (VerificationError, ValueError) as error:
        return f"securesystemslib: {error}"
    return None


def proof_difference(item, origin, log_keys):
    """Why proofbundle does not accept the proof, or None."""
    results = [verify_tlog_proof(item["proof"], item["leaf"].encode(), key, expected_origin=origin) for key in log_keys]
    return None if any(result["ok"] for result in results) else f"proofbundle: {results}"


def main(path):
    with open(path, encoding="utf-8") as file:
        bundle = json.load(file)
    keys = {
        entry["keyid"]: SSlibKey.from_crypto(load_pem_public_key(entry["pem"].encode()), keyid=entry["keyid"])
        for entry in bundle["keys"]["services"]
    }
    log_keys = [log["key"] for log in bundle["keys"]["logs"]]
    cases = failures = 0
    for position, item in enumerate(bundle["receipts"]):
        for difference in (dsse_difference(item, keys), proof_difference(item, bundle["origin"], log_keys)):
            cases += 1
            if difference:
                failures += 1
                print(f"export: receipt {position}: {difference}")
        # A verifier that accepts everything would pass the cases above too.
        flipped = json.loads(json.dumps(item))
        flipped["leaf"] = flipped["leaf"].replace('"v":1', '"v":2')
        flipped["envelope"]["payloadType"] += "x"
        cases += 1
        if not (dsse_difference(flipped, keys) and proof_difference(flipped, bundle["origin"], log_keys)):
            failures += 1
            print(f"export: receipt {position}: a changed receipt was accepted")
    print(f"export: {cases} cases, {cases - failures} passed, {failures} failed")
    return 1 if failures or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
