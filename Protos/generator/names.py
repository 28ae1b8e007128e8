"""How names of the proto files become names of protobuf-c and of Swift."""

# Written in capitals wherever they stand, as the Swift API guidelines ask.
ACRONYMS = {"id", "ids", "json", "url", "uri", "utf", "http", "https", "rpc", "tls", "dsse", "sql", "ip", "api"}
# Package components whose Swift form is not plain capitalisation.
PACKAGE_WORDS = {"finops": "FinOps"}
# Packages whose service answers to another name in its certificate.
OWNERS = {"flow": "flow-engine"}
SHARED_PACKAGES = {"common", "probe"}
KEYWORDS = {
    "associatedtype", "as", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do", "else", "enum",
    "extension", "fallthrough", "false", "for", "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let",
    "nil", "operator", "private", "protocol", "public", "repeat", "rethrows", "return", "self", "static", "struct", "subscript",
    "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while",
}
C_KEYWORDS = {
    "and", "auto", "bool", "break", "case", "catch", "char", "class", "const", "continue", "default", "delete", "do", "double",
    "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int", "long",
    "mutable", "namespace", "new", "not", "operator", "or", "private", "protected", "public", "register", "return", "short",
    "signed", "sizeof", "static", "struct", "switch", "template", "this", "throw", "true", "try", "typedef", "typeid", "typename",
    "union", "unsigned", "using", "virtual", "void", "volatile", "while", "xor",
}
# Swift types that generated code names: a message or enum called so would hide them.
RESERVED_TYPES = {
    "Bool", "Dictionary", "Double", "Float", "Int", "Int32", "Int64", "Methods", "Protocol", "Self", "String", "Type", "UInt8", "UInt32",
    "UInt64", "UnsafePointer", "UnsafeRawBufferPointer", "UnsafeRawPointer",
}


def camel(words, first_upper):
    out = []
    for position, word in enumerate(w for w in words if w):
        word = word.lower()
        if word in ACRONYMS:
            upper = word[:-1].upper() + "s" if word == "ids" else word.upper()
            out.append(upper if position or first_upper else word)
        else:
            out.append(word[0].upper() + word[1:] if position or first_upper else word)
    return "".join(out)


def swift_field(name):
    return camel(name.split("_"), first_upper=False)


def escaped(name):
    return f"`{name}`" if name in KEYWORDS else name


def member(name):
    """After a dot nearly every word is a name of a case; these two are not."""
    return f"`{name}`" if name in ("init", "self") else name


def swift_case(enum_name, value_name):
    """`VERDICT_REQUIRE_APPROVAL` of `Verdict` is `.requireApproval`."""
    prefix = c_lower(enum_name).upper() + "_"
    short = value_name[len(prefix):] if value_name.startswith(prefix) else value_name
    return camel(short.split("_"), first_upper=False)


def swift_method(name):
    return name[0].lower() + name[1:]


def namespace(package):
    """`provable.ledger.v1` is `LedgerV1`."""
    return "".join(PACKAGE_WORDS.get(word, word[0].upper() + word[1:]) for word in package.split(".")[1:])


def owner(package):
    word = package.split(".")[1]
    return None if word in SHARED_PACKAGES else OWNERS.get(word, word)


def c_lower(name):
    """protobuf-c's CamelToLower."""
    out, was_upper = [], True
    for character in name:
        if character.isupper() and not was_upper:
            out.append("_")
        out.append(character.lower())
        was_upper = character.isupper()
    return "".join(out)


def c_type(full_name):
    return "__".join("".join(w[:1].upper() + w[1:] for w in part.split("_")) for part in full_name.split("."))


def c_prefix(full_name):
    return "__".join(c_lower(part) for part in full_name.split("."))


def c_field(name):
    lowered = name.lower()
    return lowered + "_" if lowered in C_KEYWORDS else lowered


def c_oneof_case(message_full_name, oneof, field):
    """The C constant that says which member of a oneof is set."""
    upper = "__".join(c_lower(part).upper() for part in message_full_name.split("."))
    return f"{upper}__{oneof.upper()}_{field.upper()}", f"{upper}__{oneof.upper()}__NOT_SET"
