"""Reads a descriptor set into what the emitters need, and refuses what this wire does not carry."""

from dataclasses import dataclass, field
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as F

import names

MAX_FIELD_NUMBER = 127  # The pre-scan looks a field up in a dense table.

# proto type: (Swift type, Swift default, schema kind)
SCALARS = {
    F.TYPE_DOUBLE: ("Double", "0", "fixed64"), F.TYPE_FLOAT: ("Float", "0", "fixed32"),
    F.TYPE_INT32: ("Int32", "0", "varint"), F.TYPE_INT64: ("Int64", "0", "varint"),
    F.TYPE_UINT32: ("UInt32", "0", "varint"), F.TYPE_UINT64: ("UInt64", "0", "varint"),
    F.TYPE_SINT32: ("Int32", "0", "varint"), F.TYPE_SINT64: ("Int64", "0", "varint"),
    F.TYPE_FIXED32: ("UInt32", "0", "fixed32"), F.TYPE_FIXED64: ("UInt64", "0", "fixed64"),
    F.TYPE_SFIXED32: ("Int32", "0", "fixed32"), F.TYPE_SFIXED64: ("Int64", "0", "fixed64"),
    F.TYPE_BOOL: ("Bool", "false", "varint"),
    F.TYPE_STRING: ("String", '""', "string"), F.TYPE_BYTES: ("[UInt8]", "[]", "bytes"),
}


class Refused(Exception):
    pass


@dataclass
class Field:
    proto: object
    comment: list
    kind: str  # scalar, string, bytes, bool, enum, message, map
    repeated: bool
    swift_type: str
    default: str
    schema_kind: str
    type_name: str = ""  # full name of the message or enum, without the leading dot; of a map, of its entry
    entry: tuple = ()  # of a map: the key and the value

    @property
    def swift_name(self):
        return names.swift_field(self.proto.name)

    @property
    def c_name(self):
        return names.c_field(self.proto.name)


@dataclass
class Oneof:
    name: str
    comment: list
    fields: list


@dataclass
class Message:
    full_name: str
    swift_name: str
    comment: list
    members: list = field(default_factory=list)  # Field or Oneof, in order of the file
    fields: list = field(default_factory=list)
    nested: list = field(default_factory=list)
    enums: list = field(default_factory=list)


@dataclass
class Enum:
    full_name: str
    swift_name: str
    comment: list
    values: list  # (case, number, comment)


@dataclass
class Method:
    name: str
    comment: list
    request: str
    response: str
    callers: list
    trusted: list
    tenancy: str
    idempotent: bool
    shape: str  # unary, clientStreaming, serverStreaming, bidirectional


@dataclass
class File:
    path: str
    package: str
    messages: list
    enums: list
    service: object  # (name, comment, [Method]) or None


class Reader:
    def __init__(self, descriptor_set):
        self.files = descriptor_set.file
        self.map_entries = {}

    def read(self):
        for file in self.files:
            for message in file.message_type:
                self.collect_maps(message, file.package)
        read = [self.file(file) for file in self.files]
        refuse_recursion(read)
        return read

    def collect_maps(self, message, scope):
        full = f"{scope}.{message.name}"
        if message.options.map_entry:
            self.map_entries[full] = message
        for nested in message.nested_type:
            self.collect_maps(nested, full)

    def file(self, file):
        if file.syntax != "proto3":
            raise Refused(f"{file.name}: only proto3")
        comments = {tuple(l.path): lines(l.leading_comments) for l in file.source_code_info.location}
        space = names.namespace(file.package)
        messages = [
            self.message(m, file.package, space, comments, (4, i)) for i, m in enumerate(file.message_type)
        ]
        enums = [self.enum(e, file.package, space, comments, (5, i)) for i, e in enumerate(file.enum_type)]
        if len(file.service) > 1:
            raise Refused(f"{file.name}: one service per package, so that `Methods` is unambiguous")
        service = self.service(file.service[0], comments) if file.service else None
        return File(file.name, file.package, messages, enums, service)

    def enum(self, enum, scope, swift_scope, comments, path):
        if enum.options.allow_alias:
            raise Refused(f"{scope}.{enum.name}: one name per number; allow_alias is not carried")
        values = [
            (names.swift_case(enum.name, v.name), v.number, comments.get(path + (2, i), []))
            for i, v in enumerate(enum.value)
        ]
        refuse_twice(f"{scope}.{enum.name}", [case for case, _, _ in values] + ["unrecognized"])
        return Enum(f"{scope}.{enum.name}", f"{swift_scope}.{enum.name}", comments.get(path, []), values)

    def message(self, message, scope, swift_scope, comments, path):
        full, swift = f"{scope}.{message.name}", f"{swift_scope}.{message.name}"
        if message.name in names.RESERVED_TYPES:
            raise Refused(f"{full}: hides Swift's own `{message.name}`")
        result = Message(full, swift, comments.get(path, []))
        oneofs = {}
        for index, proto in enumerate(message.field):
            if proto.number > MAX_FIELD_NUMBER:
                raise Refused(f"{full}.{proto.name}: field numbers end at {MAX_FIELD_NUMBER}")
            if proto.proto3_optional:
                raise Refused(f"{full}.{proto.name}: protoc-c refuses proto3 `optional`; use a oneof of one field")
            one = self.field(proto, comments.get(path + (2, index), []))
            result.fields.append(one)
            if not proto.HasField("oneof_index"):
                result.members.append(one)
                continue
            if proto.oneof_index not in oneofs:
                declaration = message.oneof_decl[proto.oneof_index]
                oneofs[proto.oneof_index] = Oneof(declaration.name, comments.get(path + (8, proto.oneof_index), []), [])
                result.members.append(oneofs[proto.oneof_index])
            oneofs[proto.oneof_index].fields.append(one)
        for index, nested in enumerate(message.nested_type):
            if not nested.options.map_entry:
                result.nested.append(self.message(nested, full, swift, comments, path + (3, index)))
        for index, enum in enumerate(message.enum_type):
            result.enums.append(self.enum(enum, full, swift, comments, path + (4, index)))
        refuse_twice(full, [names.swift_field(m.name) if isinstance(m, Oneof) else m.swift_name for m in result.members])
        for oneof in oneofs.values():
            refuse_twice(f"{full}.{oneof.name}", [f.swift_name for f in oneof.fields])
        return result

    def field(self, proto, comment):
        if proto.name in ("init", "self"):
            raise Refused(f"{proto.name}: as the name of a field it means something else to Swift")
        repeated = proto.label == F.LABEL_REPEATED
        target = proto.type_name.lstrip(".")
        if target in self.map_entries:
            key, value = (self.field(f, []) for f in self.map_entries[target].field)
            swift = f"[{key.swift_type}: {value.swift_type.rstrip('?')}]"
            return Field(proto, comment, "map", True, swift, "[:]", "message", target, (key, value))
        if proto.type == F.TYPE_MESSAGE:
            swift = self.swift_type(target)
            kind, single, default, schema = "message", f"{swift}?", "nil", "message"
        elif proto.type == F.TYPE_ENUM:
            swift = single = self.swift_type(target)
            kind, default, schema = "enum", f"{swift}()", "varint"
        elif proto.type in SCALARS:
            swift, default, schema = SCALARS[proto.type]
            single = swift
            kind = {F.TYPE_STRING: "string", F.TYPE_BYTES: "bytes", F.TYPE_BOOL: "bool"}.get(proto.type, "scalar")
        else:
            raise Refused(f"{proto.name}: groups are not carried")
        if repeated:
            packed = {"varint": "packedVarint", "fixed32": "packedFixed32", "fixed64": "packedFixed64"}
            return Field(proto, comment, kind, True, f"[{swift}]", "[]", packed.get(schema, schema), target)
        return Field(proto, comment, kind, False, single, default, schema, target)

    def swift_type(self, full_name):
        for file in self.files:
            if full_name.startswith(file.package + "."):
                return names.namespace(file.package) + "." + full_name[len(file.package) + 1:]
        raise Refused(f"{full_name}: not in the descriptor set")

    def service(self, service, comments):
        methods = []
        for index, method in enumerate(service.method):
            methods.append(self.method(method, comments.get((6, 0, 2, index), [])))
        return service.name, comments.get((6, 0), []), methods

    def method(self, method, comment):
        policy, prose = {}, []
        for line in comment:
            key, found, value = line.partition(":")
            if found and key in ("callers", "trusted", "tenant", "idempotent"):
                policy[key] = value.strip()
            else:
                prose.append(line)
        listed = lambda key: [w.strip() for w in policy.get(key, "").split(",") if w.strip()]
        callers, trusted = listed("callers"), listed("trusted")
        # A method that nobody may call, or that does not say whether it needs a tenant, was forgotten.
        if not callers or policy.get("tenant") not in ("required", "none"):
            raise Refused(f"{method.name}: needs `// callers:` and `// tenant: required|none`")
        if not set(trusted) <= set(callers):
            raise Refused(f"{method.name}: trusted must be a subset of callers")
        return Method(
            method.name, prose, method.input_type.lstrip("."), method.output_type.lstrip("."), callers, trusted,
            policy["tenant"], policy.get("idempotent") == "yes", SHAPES[method.client_streaming, method.server_streaming])


SHAPES = {(False, False): "unary", (True, False): "clientStreaming", (False, True): "serverStreaming", (True, True): "bidirectional"}


def lines(comment):
    return [line.strip() for line in comment.strip().split("\n")] if comment.strip() else []


def walk(messages):
    for message in messages:
        yield message
        yield from walk(message.nested)


def messages_within(message):
    for field in message.fields:
        one = field.entry[1] if field.kind == "map" else field
        if one.kind == "message":
            yield one.type_name


def refuse_twice(scope, swift_names):
    for name in swift_names:
        if swift_names.count(name) > 1:
            raise Refused(f"{scope}: two names become `{name}` in Swift")


def refuse_recursion(files):
    """protobuf-c has no recursion limit, and a schema table that refers to itself cannot be built eagerly."""
    graph = {m.full_name: list(messages_within(m)) for file in files for m in walk(file.messages)}

    def visit(name, trail):
        if name in trail:
            raise Refused(f"{name}: recursive messages are not carried")
        for child in graph.get(name, []):
            visit(child, trail + [name])

    for name in graph:
        visit(name, [])
