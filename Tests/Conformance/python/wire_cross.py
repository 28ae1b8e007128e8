#!/usr/bin/python3
"""Cross-encodes every message of the mesh with Python's protobuf.

    wire_cross.py --provable .build/debug/provable [--rounds 40] [--seed N]

Random messages of every type are encoded here, decoded and encoded again by `provable conformance wire-echo`, and decoded
here: what comes back must be the same message, byte for byte in the canonical (deterministic) form. Then the same for
damaged bytes: whatever Swift takes, Python must take with the same content, and without a NUL in any string.
Needs Debian's protobuf-compiler and python3-protobuf.
"""

import argparse
import contextlib
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor as F
from google.protobuf.message import DecodeError

ROOT = pathlib.Path(__file__).resolve().parents[3]
INTEGERS = {
    F.TYPE_INT32: (-(2**31), 2**31 - 1), F.TYPE_SINT32: (-(2**31), 2**31 - 1), F.TYPE_SFIXED32: (-(2**31), 2**31 - 1),
    F.TYPE_INT64: (-(2**63), 2**63 - 1), F.TYPE_SINT64: (-(2**63), 2**63 - 1), F.TYPE_SFIXED64: (-(2**63), 2**63 - 1),
    F.TYPE_UINT32: (0, 2**32 - 1), F.TYPE_FIXED32: (0, 2**32 - 1), F.TYPE_UINT64: (0, 2**64 - 1), F.TYPE_FIXED64: (0, 2**64 - 1),
}
ALPHABET = "abcXYZ 019-_.äß日本😀\n\"\\"


def load_types():
    protos = ROOT / "Protos"
    files = sorted(str(p.relative_to(protos)) for p in protos.glob("provable/**/*.proto"))
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["protoc", "-I", str(protos), f"--descriptor_set_out={out.name}", *files], check=True)
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out.name).read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in descriptors.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    names = [f"{file.package}.{message.name}" for file in descriptors.file for message in file.message_type]
    return {name: factory.GetPrototype(pool.FindMessageTypeByName(name)) for name in names}


def value(rng, field):
    if field.type in INTEGERS:
        low, high = INTEGERS[field.type]
        return rng.choice([0, 1, low, high, rng.randint(low, high), rng.randint(0, 300) if low == 0 else rng.randint(-300, 300)])
    if field.type == F.TYPE_BOOL:
        return rng.random() < 0.5
    if field.type == F.TYPE_ENUM:
        # Values of a newer schema too: proto3 enums are open.
        return rng.choice([v.number for v in field.enum_type.values] + [99])
    if field.type == F.TYPE_STRING:
        return "".join(rng.choice(ALPHABET) for _ in range(rng.choice([0, 1, 7, 40])))
    if field.type == F.TYPE_BYTES:
        return rng.randbytes(rng.choice([0, 1, 16, 32, 300]))
    return rng.choice([0.0, 1.5, -2.25, float("inf")])


def fill(rng, message, depth=0):
    for field in message.DESCRIPTOR.fields:
        if rng.random() < 0.25:
            continue
        target = getattr(message, field.name)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            for _ in range(rng.randint(0, 4)):
                target[value(rng, field.message_type.fields_by_name["key"])] = value(rng, field.message_type.fields_by_name["value"])
        elif field.label == F.LABEL_REPEATED:
            for _ in range(rng.randint(0, 4)):
                if field.message_type is not None:
                    fill(rng, target.add(), depth + 1)
                else:
                    target.append(value(rng, field))
        elif field.message_type is not None:
            target.SetInParent()
            fill(rng, target, depth + 1)
        else:
            setattr(message, field.name, value(rng, field))


def damaged(rng, data):
    data = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(3):
            case 0 if at < len(data):
                data[at] = rng.randrange(256)
            case 1:
                del data[at:at + rng.randint(1, 4)]
            case _:
                data.insert(at, rng.randrange(256))
    return bytes(data)


def has_nul(message):
    for field, content in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            if any("\0" in k or "\0" in v for k, v in content.items()):
                return True
        elif field.message_type is not None:
            if any(has_nul(m) for m in (content if field.label == F.LABEL_REPEATED else [content])):
                return True
        elif field.type == F.TYPE_STRING:
            if any("\0" in text for text in (content if field.label == F.LABEL_REPEATED else [content])):
                return True
    return False


@contextlib.contextmanager
def quiet():
    """Python's protobuf writes a line on standard error for each string that it refuses; thousands are refused on purpose."""
    kept = os.dup(2)
    with open(os.devnull, "w") as null:
        os.dup2(null.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def has_empty_map_text(message):
    """protobuf-c leaves an empty key or value out of its map entry, Python writes it: the same message in other bytes."""
    for field, content in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            if any(not k or not v for k, v in content.items()):
                return True
        elif field.message_type is not None:
            if any(has_empty_map_text(m) for m in (content if field.label == F.LABEL_REPEATED else [content])):
                return True
    return False


def known(message):
    message.DiscardUnknownFields()
    return message.SerializeToString(deterministic=True)


def difference(make, data, is_whole, answer):
    if answer.startswith("!"):
        return f"refused: {answer}" if is_whole else None
    try:
        expected = make.FromString(data)
    except DecodeError:
        return "Swift took what Python refuses"
    back = bytes.fromhex(answer)
    if has_nul(expected):
        return "a NUL in a string was taken"
    if known(make.FromString(back)) != known(expected):
        return f"came back as {answer}"
    if is_whole and back != data and not has_empty_map_text(expected):
        return f"other bytes: {answer}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--provable", default=str(ROOT / ".build/debug/provable"))
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args()
    rng = random.Random(options.seed)
    types = load_types()

    cases = []
    for name, make in types.items():
        for _ in range(options.rounds):
            message = make()
            fill(rng, message)
            data = message.SerializeToString(deterministic=True)
            cases.append((name, data, True))
            cases.append((name, damaged(rng, data), False))
    lines = "".join(f"{name} {data.hex()}\n" for name, data, _ in cases)
    run = subprocess.run(
        [options.provable, "conformance", "wire-echo"], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    answers = run.stdout.decode().splitlines()
    assert len(answers) == len(cases), f"{len(answers)} answers to {len(cases)} messages"

    failures = []
    with quiet():
        for (name, data, is_whole), answer in zip(cases, answers):
            problem = difference(types[name], data, is_whole, answer)
            if problem:
                failures.append(f"{name} {data.hex()}: {problem}")
    refused = sum(answer.startswith("!") for answer in answers)
    for failure in failures[:10]:
        print(failure[:2000])
    print(
        f"wire: {len(types)} messages, {len(cases)} cases, {len(cases) - refused} taken, {refused} refused, {len(failures)} differ, seed {options.seed}")
    sys.exit(1 if failures else 0)


main()
