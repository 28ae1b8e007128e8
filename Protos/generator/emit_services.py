"""Emits the descriptor of each method, and a client, a handler protocol and a registrable service per service."""

import names
from emit_messages import Writer
from model import walk

CASES = {
    "gateway": "gateway", "flow-engine": "flowEngine", "policy": "policy", "ledger": "ledger", "connectors": "connectors",
    "finops": "finops", "copilot": "copilot", "cli": "cli",
}


def cases(services):
    return "[" + ", ".join(f".{CASES[s]}" for s in services) + "]"


def emit_service(w, file, swift_type):
    name, comment, methods = file.service
    emit_methods(w, file, name, methods)
    emit_handler(w, name, comment, methods, swift_type)
    emit_client(w, file, name, methods, swift_type)
    emit_registration(w, file, name, methods, swift_type)


def emit_handler(w, name, comment, methods, swift_type):
    w.doc(comment)
    w.open(f"public protocol {name}Handler: Sendable")
    for m in methods:
        w.doc(m.comment)
        request, response = swift_type(m.request), swift_type(m.response)
        messages, answer = {
            "unary": (f"_ request: {request}", f" -> {response}"),
            "clientStreaming": (f"_ requests: MessageReader<{request}>", f" -> {response}"),
            "serverStreaming": (f"_ request: {request}, writer: MessageWriter<{response}>", ""),
            "bidirectional": (f"_ requests: MessageReader<{request}>, writer: MessageWriter<{response}>", ""),
        }[m.shape]
        w.line(f"func {names.swift_method(m.name)}({messages}, context: CallContext) async throws{answer}")
    w.close()
    w.line()


def emit_client(w, file, name, methods, swift_type):
    w.doc([f"Calls `{file.package}.{name}` through a channel."])
    w.open(f"public struct {name}Client: Sendable")
    w.line("public let channel: any RPCChannel")
    w.line()
    w.open("public init(channel: any RPCChannel)")
    w.line("self.channel = channel")
    w.close()
    for m in methods:
        w.line()
        w.doc(m.comment)
        CLIENT_METHODS[m.shape](w, names.swift_method(m.name), swift_type(m.request), swift_type(m.response))
    w.close()
    w.line()


def unary_client(w, own, request, response):
    w.open(f"public func {own}(_ request: {request}, options: CallOptions = CallOptions()) async throws(RPCError) -> {response}")
    w.line(f"try await channel.unary(request, method: Methods.{own}, options: options)")
    w.close()


def client_streaming_client(w, own, request, response):
    w.open(
        f"public func {own}(options: CallOptions = CallOptions(), _ body: (MessageWriter<{request}>) async throws -> Void) "
        f"async throws -> {response}")
    w.line(f"try await channel.clientStreaming(method: Methods.{own}, options: options, body)")
    w.close()


def server_streaming_client(w, own, request, response):
    w.open(
        f"public func {own}<Result: Sendable>(_ request: {request}, options: CallOptions = CallOptions(), "
        f"_ body: (MessageReader<{response}>) async throws -> Result) async throws -> Result")
    w.line(f"try await channel.serverStreaming(request, method: Methods.{own}, options: options, body)")
    w.close()


def bidirectional_client(w, own, request, response):
    w.open(
        f"public func {own}<Result: Sendable>(options: CallOptions = CallOptions(), "
        f"_ body: (MessageWriter<{request}>, MessageReader<{response}>) async throws -> Result) async throws -> Result")
    w.line(f"try await channel.bidirectional(method: Methods.{own}, options: options, body)")
    w.close()


CLIENT_METHODS = {
    "unary": unary_client, "clientStreaming": client_streaming_client, "serverStreaming": server_streaming_client,
    "bidirectional": bidirectional_client,
}


def emit_registration(w, file, name, methods, swift_type):
    w.doc([f"Registers a handler of `{file.package}.{name}` with a server."])
    w.open(f"public struct {name}Service: RPCService")
    w.line("public let methods: [RegisteredMethod]")
    w.line()
    w.open(f"public init(handler: some {name}Handler)")
    w.line("methods = [")
    w.depth += 1
    for m in methods:
        w.line(registration(names.swift_method(m.name), m.shape, swift_type(m.request), swift_type(m.response)))
    w.depth -= 1
    w.line("]")
    w.close()
    w.close()


def registration(own, shape, request, response):
    call = f"try await handler.{own}"
    reader, writer = f"requests: MessageReader<{request}>", f"writer: MessageWriter<{response}>"
    return {
        "unary": f"RegisteredMethod(Methods.{own}) {{ (request: {request}, context) in {call}(request, context: context) }},",
        "clientStreaming": f".clientStreaming(Methods.{own}) {{ ({reader}, context) in {call}(requests, context: context) }},",
        "serverStreaming":
            f".serverStreaming(Methods.{own}) {{ (request: {request}, {writer}, context) in {call}(request, writer: writer, context: context) }},",
        "bidirectional":
            f".bidirectional(Methods.{own}) {{ ({reader}, {writer}, context) in {call}(requests, writer: writer, context: context) }},",
    }[shape]


def emit_methods(w, file, name, methods):
    w.doc([f"Who may call what of `{file.package}.{name}`, as the proto file says it."])
    w.open("public enum Methods")
    owner = names.owner(file.package)
    for m in methods:
        w.line(f"public static let {names.swift_method(m.name)} = MethodDescriptor(")
        w.depth += 1
        w.line(f'name: "{file.package}.{name}/{m.name}",')
        w.line(f"owner: {'.' + CASES[owner] if owner else 'nil'},")
        w.line(f"callers: {cases(m.callers)},")
        w.line(f"trusted: {cases(m.trusted)},")
        w.line(f"tenancy: .{m.tenancy if m.tenancy == 'required' else 'unbound'},")
        shape = "" if m.shape == "unary" else f", shape: .{m.shape}"
        w.line(f"isIdempotent: {'true' if m.idempotent else 'false'}{shape})")
        w.depth -= 1
    listed = ", ".join(names.swift_method(m.name) for m in methods)
    w.line(f"public static let all: [MethodDescriptor] = [{listed}]")
    w.close()
    w.line()


def emit_catalog(files):
    """So that a stored method name (the outbox has them) finds its descriptor again."""
    w = Writer()
    spaces = [names.namespace(f.package) for f in files if f.service]
    w.line("public import RPC")
    w.line("public import WireRuntime")
    w.line()
    w.doc(["Every method and message of the mesh."])
    w.open("public enum WireCatalog")
    w.line("public static let methods: [MethodDescriptor] = " + " + ".join(f"{s}.Methods.all" for s in spaces))
    w.line()
    w.line("private static let byName = Dictionary(uniqueKeysWithValues: methods.map { ($0.name, $0) })")
    w.line()
    w.doc(["For example `provable.ledger.v1.Ledger/Append`."])
    w.open("public static func method(named name: String) -> MethodDescriptor?")
    w.line("byName[name]")
    w.close()
    w.line()
    w.line("public static let messages: [any WireMessage.Type] = [")
    w.depth += 1
    for file in files:
        for message in walk(file.messages):
            w.line(f"{message.swift_name}.self,")
    w.depth -= 1
    w.line("]")
    w.close()
    return w.text()
