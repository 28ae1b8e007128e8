"""Emits, for the tests, random values of each message and the same value as another implementation's type."""

import names
from model import Oneof, walk

SAMPLES = {"string": "string", "bytes": "bytes", "bool": "bool"}


def emit_oracle(w, file):
    for message in walk(file.messages):
        w.open(f"extension {message.swift_name}: OracleMessage")
        emit_sample(w, message)
        emit_conversion(w, message)
        w.close()
        w.line()


def holds_maps(messages):
    """Where protobuf-c leaves an empty key or value out of an entry and others write it: the same map in other bytes."""
    table = {m.full_name: m for m in messages}

    def holds(message):
        return any(f.kind == "map" or f.kind == "message" and holds(table[f.type_name]) for f in message.fields)

    return {name for name, message in table.items() if holds(message)}


def emit_sample(w, message):
    w.open("static func sample(_ s: inout Sampler) -> Self")
    w.line("var m = Self()" if message.members else "Self()")
    for member in message.members:
        if isinstance(member, Oneof):
            own = names.swift_field(member.name)
            w.open(f"switch s.index({len(member.fields) + 1})")
            w.depth -= 1
            for index, field in enumerate(member.fields):
                w.line(f"case {index}: m.{own} = .{field.swift_name}({sample(field)})")
            w.line(f"default: m.{own} = nil")
            w.line("}")
        else:
            w.line(f"m.{member.swift_name} = {sample_field(member)}")
    if message.members:
        w.line("return m")
    w.close()
    w.line()


def sample_field(field):
    if field.kind == "map":
        key, value = field.entry
        return "s.map { s in (" + sample(key) + ", " + sample(value) + ") }"
    if field.repeated:
        return "s.list { s in " + sample(field) + " }"
    if field.kind == "message":
        return "s.maybe { s in " + sample(field) + " }"
    return sample(field)


def sample(field):
    element = field.swift_type.strip("[]?") if field.kind != "bytes" else ""
    if field.kind == "message":
        return f"{element}.sample(&s)"
    if field.kind == "enum":
        return f"s.choice({element}.self)"
    if field.kind in SAMPLES:
        return f"s.{SAMPLES[field.kind]}()"
    return f"s.{element.lower()}()"


def emit_conversion(w, message):
    theirs = oracle_type(message)
    w.open(f"var oracle: {theirs}")
    w.line(f"var o = {theirs}()" if message.members else f"{theirs}()")
    for member in message.members:
        if isinstance(member, Oneof):
            own = names.swift_field(member.name)
            w.open(f"switch {ours(own)}")
            w.depth -= 1
            w.line("case nil: break")
            for field in member.fields:
                w.line(f"case .{field.swift_name}(let value): o.{oracle_field(field.proto.name)} = {converted(field, 'value')}")
            w.line("}")
        else:
            emit_assignment(w, member)
    if message.members:
        w.line("return o")
    w.close()


def emit_assignment(w, field):
    own, theirs = ours(field.swift_name), f"o.{oracle_field(field.proto.name)}"
    if field.kind == "map":
        key, value = field.entry
        w.line(f"{theirs} = {own}.mapValues {{ {converted(value, '$0')} }}")
    elif field.repeated:
        w.line(f"{theirs} = {own}.map {{ {converted(field, '$0')} }}")
    elif field.kind == "message":
        w.line(f"if let value = {own} {{ {theirs} = value.oracle }}")
    else:
        w.line(f"{theirs} = {converted(field, own)}")


def converted(field, value):
    return {"message": f"{value}.oracle", "enum": f"oracleEnum({value})", "bytes": f"oracleBytes({value})"}.get(field.kind, value)


def ours(name):
    return f"self.{name}"


def oracle_type(message):
    space = message.full_name.split(".")
    package = [word for word in space if word[0].islower()]
    return "_".join(w[0].upper() + w[1:] for w in package) + "_" + ".".join(space[len(package):])


def oracle_field(name):
    """The other implementation's camel case: words part at underscores and around digits; four words are acronyms."""
    words, current, last = [], "", ""
    for character in name:
        kind = "digit" if character.isdigit() else "letter"
        if character == "_" or (current and kind != last):
            words.append(current)
            current = ""
        if character != "_":
            current += character
        last = "" if character == "_" else kind
    words = [word for word in words + [current] if word]
    first, rest = words[0], words[1:]
    return first + "".join(w.upper() if w in ("url", "http", "https", "id") else w[0].upper() + w[1:] for w in rest)
