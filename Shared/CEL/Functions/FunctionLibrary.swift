/// A function: what it may be called with, and what it does.
struct CELFunction: Sendable {
    /// Nil where no signature fits these operands; a receiver comes first.
    typealias Body = @Sendable (inout Meter, [CELValue]) throws(CELEvaluationError) -> CELValue?

    let name: String
    let signatures: [CELSignature]
    let body: Body

    init(_ name: String, _ signatures: StaticString..., body: @escaping Body) {
        self.name = name
        self.signatures = signatures.map { CELSignature($0) }
        self.body = body
    }
}

/// Every function there is, for the evaluator and for the checker.
struct FunctionLibrary: Sendable {
    /// Called as `f(x)`, by their names with what stands before a dot: `size`, `math.abs`.
    let global: [String: CELFunction]
    /// Called as `x.f()`.
    let member: [String: CELFunction]

    static let standard = FunctionLibrary(
        conversions + sizes + searches + times + optionals + strings + stringEdits + maths + bits + lists + sets + encoders + patterns + networks)

    /// Names that look like functions and are macros.
    static let globalMacros: Set<String> = ["has", "cel.bind", "cel.block"]
    static let memberMacros: Set<String> = [
        "all", "exists", "exists_one", "existsOne", "map", "filter", "sortBy", "transformList", "transformMap", "transformMapEntry", "optMap",
        "optFlatMap",
    ]

    /// What may stand before the dot of a function's name.
    static let spaces: Set<String> = Set(
        standard.names(isMember: false).compactMap { name in
            name.lastIndex(of: ".").map { String(name[..<$0]) }
        })

    private init(_ functions: [CELFunction]) {
        var global: [String: CELFunction] = [:]
        var member: [String: CELFunction] = [:]
        for function in functions {
            for isMember in Set(function.signatures.map(\.isMember)) {
                let known = isMember ? member.updateValue(function, forKey: function.name) : global.updateValue(function, forKey: function.name)
                precondition(known == nil, "\(function.name) stands twice in the library")
            }
        }
        self.global = global
        self.member = member
    }

    func global(_ name: String, in container: String) -> CELFunction? {
        if let function = global[name] { return function }
        guard !container.isEmpty else { return nil }
        return Container.candidates(for: name, in: container).lazy.compactMap { global[$0] }.first
    }

    func names(isMember: Bool) -> Set<String> {
        isMember ? Self.memberMacros.union(member.keys) : Self.globalMacros.union(global.keys)
    }

    /// Names that the same thing has elsewhere.
    private static let foreign: [String: String] = [
        "length": "size()", "lenght": "size()", "len": "size()", "count": "size()", "toLowerCase": "lowerAscii()", "lower": "lowerAscii()",
        "toUpperCase": "upperAscii()", "upper": "upperAscii()", "includes": "contains()", "some": "exists()", "any": "exists()", "every": "all()",
        "str": "string()", "toString": "string()", "float": "double()", "concat": "+", "strip": "trim()", "now": "a variable of the run",
    ]

    /// What to write instead of a function that there is not.
    func suggestion(for name: String, isMember: Bool) -> String {
        if let known = Self.foreign[name] { return "it is called \(known) here" }
        if isMember, global[name] != nil { return "write \(name)(x)" }
        if !isMember, member[name] != nil || Self.memberMacros.contains(name) { return "write x.\(name)(…)" }
        guard let nearest = Spelling.nearest(to: name, in: names(isMember: isMember)) else { return "" }
        return "did you mean '\(nearest)'?"
    }

    /// - Parameter name: With a dot before it for a method.
    func unknown(_ name: String) -> CELEvaluationError {
        let isMember = name.hasPrefix(".")
        let name = isMember ? String(name.dropFirst()) : name
        if isMember ? Self.memberMacros.contains(name) : Self.globalMacros.contains(name) {
            return CELEvaluationError(.unknownFunction, "the macro '\(name)' takes other arguments", suggestion: "see its form in the manual")
        }
        return CELEvaluationError(
            .unknownFunction, "there is no \(isMember ? "method" : "function") '\(name)'", suggestion: suggestion(for: name, isMember: isMember))
    }
}
