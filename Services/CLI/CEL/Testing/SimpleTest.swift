internal import CEL

/// A test of google/cel-spec's `SimpleTestFile`, read as far as it needs no protocol buffer messages.
struct SimpleTest {
    enum Expectation {
        case value(CELValue)
        case error
        /// Nothing but the deduced type.
        case type
    }

    var name: String
    var source: String
    var options: CELOptions
    /// Nil where the test says that the expression does not type-check.
    var environment: CELEnvironment?
    var bindings: [String: CELValue]
    var expectation: Expectation
    var deducedType: CELStaticType?
    var isCheckOnly: Bool

    /// Why a test cannot be run here.
    struct Skipped: Error {
        var reason: String
    }

    init(_ proto: TextProto) throws(Skipped) {
        name = proto.text("name")
        source = proto.text("expr")
        isCheckOnly = proto.isTrue("check_only")
        options = CELOptions(container: proto.text("container"), macros: !proto.isTrue("disable_macros"))
        try ProtoUse.refuse(in: source, options, declared: Self.declaredNames(proto))
        environment = proto.isTrue("disable_check") ? nil : try ProtoType.environment(proto.all("type_env"))
        bindings = [:]
        for binding in proto.all("bindings") {
            guard let value = binding.message("value")?.message("value") else {
                throw Skipped(reason: "a variable is bound to an error or to an unknown value")
            }
            bindings[binding.text("key")] = try ProtoValue.value(value)
        }
        if proto.has("unknown") || proto.has("any_unknowns") {
            throw Skipped(reason: "expects an unknown value: partial evaluation is not part of this implementation")
        }
        var expectation = Expectation.value(.bool(true))
        if proto.has("eval_error") || proto.has("any_eval_errors") { expectation = .error }
        if let value = proto.message("value") { expectation = .value(try ProtoValue.value(value)) }
        if let typed = proto.message("typed_result") {
            expectation = try typed.message("result").map { value throws(Skipped) in .value(try ProtoValue.value(value)) } ?? .type
            deducedType = try typed.message("deduced_type").map { type throws(Skipped) in try ProtoType.type(type) }
        }
        self.expectation = expectation
    }

    private static func declaredNames(_ proto: TextProto) -> Set<String> {
        Set(proto.all("bindings").map { $0.text("key") } + proto.all("type_env").map { $0.text("name") })
    }
}

/// What in an expression can only be had with the schema of protocol buffer messages.
enum ProtoUse {
    static func refuse(in source: String, _ options: CELOptions, declared: Set<String>) throws(SimpleTest.Skipped) {
        guard let expression = try? CELExpression(parsing: source, options: options) else { return }
        if let message = expression.messageTypes.first { throw SimpleTest.Skipped(reason: "needs the protobuf message \(message)") }
        for reference in expression.references where !isDeclared(reference.path, declared) {
            let name = reference.path.joined(separator: ".")
            if isProto(name) { throw SimpleTest.Skipped(reason: "needs the protobuf type or enum \(name)") }
        }
        for function in expression.unknownFunctions where !declared.contains(function.name) {
            if isProto(function.name) { throw SimpleTest.Skipped(reason: "needs the protobuf enum \(function.name)") }
            if ["hasExt", "getExt"].contains(function.name) { throw SimpleTest.Skipped(reason: "needs protobuf extensions") }
        }
    }

    private static func isDeclared(_ path: [String], _ declared: Set<String>) -> Bool {
        (1...path.count).contains { declared.contains(path.prefix($0).joined(separator: ".")) }
    }

    /// By the conventions of protocol buffers: packages are lower case, types begin with a capital.
    private static func isProto(_ name: String) -> Bool {
        let parts = name.split(separator: ".")
        guard let type = parts.firstIndex(where: { $0.first?.isUppercase == true }) else { return false }
        return parts[..<type].allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } }
    }
}
