"""Emits the Swift value of each message and enum over its protobuf-c struct."""

import names
from model import Field, Oneof


class Writer:
    def __init__(self):
        self.out, self.depth = [], 0

    def line(self, text=""):
        self.out.append("    " * self.depth + text if text else "")

    def doc(self, comment):
        for text in comment:
            self.line(f"/// {text}".rstrip())

    def open(self, text):
        self.line(text + " {")
        self.depth += 1

    def close(self, text="}"):
        self.depth -= 1
        self.line(text)

    def text(self):
        return "\n".join(self.out) + "\n"


def swift_names(file):
    table = {}

    def add(messages):
        for message in messages:
            table[message.full_name] = message.swift_name
            add(message.nested)

    add(file.messages)
    return table


def emit_messages(writer, file):
    for enum in file.enums:
        emit_enum(writer, enum)
    for message in file.messages:
        emit_message(writer, message)


def emit_enum(w, enum):
    name = enum.swift_name.rsplit(".", 1)[1]
    w.doc(enum.comment)
    w.open(f"public enum {name}: WireEnum")
    for case, _, comment in enum.values:
        w.doc(comment)
        w.line(f"case {names.escaped(case)}")
    w.line("/// A value of a newer schema; it is kept and sent on as it came.")
    w.line("case unrecognized(Int32)")
    w.line()
    w.open("public init()")
    w.line(f"self = .{names.member(enum.values[0][0])}")
    w.close()
    w.line()
    w.open("public init(rawValue: Int32)")
    w.open("switch rawValue")
    w.depth -= 1
    for case, number, _ in enum.values:
        w.line(f"case {number}: self = .{names.member(case)}")
    w.line("default: self = .unrecognized(rawValue)")
    w.line("}")
    w.close()
    w.line()
    w.open("public var rawValue: Int32")
    w.open("switch self")
    w.depth -= 1
    for case, number, _ in enum.values:
        w.line(f"case .{names.member(case)}: {number}")
    w.line("case .unrecognized(let value): value")
    w.line("}")
    w.close()
    w.close()
    w.line()


def oneof_type(oneof):
    return names.camel(oneof.name.split("_"), first_upper=True)


def emit_message(w, message):
    name = message.swift_name.rsplit(".", 1)[1]
    w.doc(message.comment)
    w.open(f"public struct {name}: WireMessage")
    for enum in message.enums:
        emit_enum(w, enum)
    for nested in message.nested:
        emit_message(w, nested)
    for member in message.members:
        if isinstance(member, Oneof):
            emit_oneof_type(w, member)
    parameters = []
    for member in message.members:
        w.doc(member.comment)
        if isinstance(member, Oneof):
            own, kind, default = names.swift_field(member.name), f"{oneof_type(member)}?", "nil"
        else:
            own, kind, default = member.swift_name, member.swift_type, member.default
        w.line(f"public var {names.escaped(own)}: {kind}")
        parameters.append((own, kind, default))
    if parameters:
        w.line()
    emit_initialisers(w, parameters)
    emit_schema(w, message)
    emit_decode(w, message)
    emit_encode(w, message)
    w.close()
    w.line()


def emit_oneof_type(w, oneof):
    w.open(f"public enum {oneof_type(oneof)}: Sendable, Hashable")
    for field in oneof.fields:
        w.doc(field.comment)
        w.line(f"case {names.escaped(field.swift_name)}({field.swift_type.rstrip('?')})")
    w.close()
    w.line()


def emit_initialisers(w, parameters):
    if not parameters:
        w.line("public init() {}")
        w.line()
        return
    w.line("public init() {")
    w.depth += 1
    for own, _, default in parameters:
        w.line(f"self.{own} = {default}")
    w.close()
    w.line()
    w.line("public init(")
    w.depth += 1
    for index, (own, kind, default) in enumerate(parameters):
        # The first parameter has no default: `init()` stands for none of them.
        comma = "," if index + 1 < len(parameters) else ""
        value = f" = {default}" if len(parameters) > 1 or index else ""
        w.line(f"{names.escaped(own)}: {kind}{value}{comma}")
    w.depth -= 1
    w.line(") {")
    w.depth += 1
    for own, _, _ in parameters:
        w.line(f"self.{own} = {names.escaped(own)}")
    w.close()
    w.line()


def emit_schema(w, message):
    w.line(f'public static let schema = WireSchema("{message.full_name}", [')
    w.depth += 1
    for field in message.fields:
        if field.kind == "map":
            w.line(f'WireField({field.proto.number}, "{field.proto.name}", .message(WireSchema("{field.type_name}", [')
            w.depth += 1
            for one in field.entry:
                w.line(f"{schema_field(one)},")
            w.depth -= 1
            w.line("]))),")
        else:
            w.line(f"{schema_field(field)},")
    w.depth -= 1
    w.line("])")
    w.line()


def schema_field(field):
    kind = f"message({element_type(field)}.schema)" if field.kind == "message" else field.schema_kind
    return f'WireField({field.proto.number}, "{field.proto.name}", .{kind})'


def element_type(field):
    """Without the brackets of a list and the question mark of a message."""
    return field.swift_type.strip("[]?")


def emit_decode(w, message):
    c_type, prefix = names.c_type(message.full_name), names.c_prefix(message.full_name)
    w.open("public init?(unpacking bytes: UnsafeRawBufferPointer, in arena: borrowing WireArena)")
    w.line("let data = bytes.assumingMemoryBound(to: UInt8.self)")
    w.line(f"guard let c = {prefix}__unpack(arena.allocator, data.count, data.baseAddress) else {{ return nil }}")
    w.line("self.init(copying: UnsafePointer(c))")
    w.close()
    w.line()
    w.open(f"init(copying c: UnsafePointer<{c_type}>)")
    for member in message.members:
        if isinstance(member, Oneof):
            emit_decode_oneof(w, message, member)
        else:
            w.line(f"self.{member.swift_name} = {decoded(member)}")
    w.close()
    w.line()


def decoded(field):
    value, count = f"c.pointee.{field.c_name}", f"c.pointee.n_{field.c_name}"
    if field.kind == "map":
        key, content = field.entry
        return f"wireMap({value}, {count}) {{ ({single(key, '$0.pointee.key')}, {map_value(content)}) }}"
    if field.repeated:
        swift = field.swift_type.strip("[]")
        one = {
            "string": "wireString($0)", "bytes": "wireBytes($0)", "bool": "$0 != 0",
            "enum": f"{swift}(rawValue: Int32(truncatingIfNeeded: $0.rawValue))", "scalar": "$0",
            "message": f"{swift}(copying: $0)",
        }[field.kind]
        walk = "wireMessages" if field.kind == "message" else "wireArray"
        return f"{walk}({value}, {count}) {{ {one} }}"
    if field.kind == "message":
        return f"{value}.map {{ {field.swift_type.rstrip('?')}(copying: UnsafePointer($0)) }}"
    return single(field, value)


def map_value(field):
    if field.kind != "message":
        return single(field, "$0.pointee.value")
    # An entry without a value has the empty message.
    swift = element_type(field)
    return f"$0.pointee.value.map {{ {swift}(copying: UnsafePointer($0)) }} ?? {swift}()"


def single(field, value):
    return {
        "string": f"wireString({value})", "bytes": f"wireBytes({value})", "bool": f"{value} != 0",
        "enum": f"{field.swift_type}(rawValue: Int32(truncatingIfNeeded: {value}.rawValue))", "scalar": value,
    }[field.kind]


def emit_decode_oneof(w, message, oneof):
    own = names.swift_field(oneof.name)
    w.open(f"switch c.pointee.{names.c_field(oneof.name)}_case")
    w.depth -= 1
    for field in oneof.fields:
        constant, _ = names.c_oneof_case(message.full_name, oneof.name, field.proto.name)
        value = f"c.pointee.{field.c_name}"
        w.line(f"case {constant}:")
        w.depth += 1
        if field.kind == "message":
            made = f"{field.swift_type.rstrip('?')}(copying: UnsafePointer($0))"
            w.line(f"self.{own} = {value}.map {{ .{field.swift_name}({made}) }}")
        else:
            w.line(f"self.{own} = .{field.swift_name}({single(field, value)})")
        w.depth -= 1
    w.line(f"default: self.{own} = nil")
    w.line("}")


def emit_encode(w, message):
    c_type, prefix = names.c_type(message.full_name), names.c_prefix(message.full_name)
    w.open("public func place(in arena: borrowing WireArena) -> UnsafeRawPointer")
    w.line("UnsafeRawPointer(placed(in: arena))")
    w.close()
    w.line()
    w.open(f"func placed(in arena: borrowing WireArena) -> UnsafeMutablePointer<{c_type}>")
    w.line(f"let c = arena.allocate({c_type}.self)")
    w.line(f"{prefix}__init(c)")
    for member in message.members:
        if isinstance(member, Oneof):
            emit_encode_oneof(w, message, member)
        else:
            emit_encode_field(w, member)
    w.line("return c")
    w.close()


def emit_encode_field(w, field):
    own, value = f"self.{field.swift_name}", f"c.pointee.{field.c_name}"
    if field.kind == "map":
        entry, (key, content) = names.c_type(field.type_name), field.entry
        w.line(f"(c.pointee.n_{field.c_name}, {value}) = arena.placeMap({own}, as: {entry}.self) {{ entry, key, value in")
        w.depth += 1
        w.line(f"{names.c_prefix(field.type_name)}__init(entry)")
        w.line(f"entry.pointee.key = {placed_one(key, 'key')}")
        placed = "value.placed(in: arena)" if content.kind == "message" else placed_one(content, "value")
        w.line(f"entry.pointee.value = {placed}")
        w.close()
    elif field.kind == "message" and field.repeated:
        entry = names.c_type(field.type_name)
        w.open(f"if !{own}.isEmpty")
        w.line(f"let list = arena.allocatePointers(to: {entry}.self, count: {own}.count)")
        w.line(f"for index in {own}.indices {{ list[index] = {own}[index].placed(in: arena) }}")
        w.line(f"(c.pointee.n_{field.c_name}, {value}) = ({own}.count, list)")
        w.close()
    elif field.repeated:
        swift = field.swift_type.strip("[]")
        c_element = {
            "string": "ProtobufCBinaryData", "bytes": "ProtobufCBinaryData", "bool": "protobuf_c_boolean",
            "enum": names.c_type(field.type_name), "scalar": swift,
        }[field.kind]
        w.open(f"if !{own}.isEmpty")
        w.line(f"let list = arena.allocate({c_element}.self, count: {own}.count)")
        w.line(f"for index in {own}.indices {{ list[index] = {placed_one(field, own + '[index]')} }}")
        w.line(f"(c.pointee.n_{field.c_name}, {value}) = ({own}.count, list)")
        w.close()
    elif field.kind == "message":
        w.line(f"if let value = {own} {{ {value} = value.placed(in: arena) }}")
    else:
        w.line(f"{value} = {placed_one(field, own)}")


def placed_one(field, value):
    return {
        "string": f"arena.place({value})", "bytes": f"arena.place({value})", "bool": f"{value} ? 1 : 0",
        "enum": f"{names.c_type(field.type_name)}(rawValue: .init(truncatingIfNeeded: {value}.rawValue))", "scalar": value,
    }[field.kind]


def emit_encode_oneof(w, message, oneof):
    own = names.swift_field(oneof.name)
    w.open(f"switch self.{own}")
    w.depth -= 1
    w.line("case nil: break")
    for field in oneof.fields:
        constant, _ = names.c_oneof_case(message.full_name, oneof.name, field.proto.name)
        value = "value.placed(in: arena)" if field.kind == "message" else placed_one(field, "value")
        w.line(f"case .{field.swift_name}(let value):")
        w.depth += 1
        w.line(f"c.pointee.{names.c_field(oneof.name)}_case = {constant}")
        w.line(f"c.pointee.{field.c_name} = {value}")
        w.depth -= 1
    w.line("}")
