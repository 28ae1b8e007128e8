extension Checker {
    mutating func call(
        _ name: String, _ receiver: SyntaxNode?, _ arguments: [SyntaxNode], at position: CELPosition
    ) -> CELStaticType {
        if let receiver {
            if let space = receiver.qualifiedName, !isBound(space), let signatures = globals("\(space).\(name)") {
                return resolve("\(space).\(name)", signatures, arguments.map { check($0) }, arguments, at: receiver.start)
            }
            return method(name, receiver, arguments, at: position)
        }
        let types = arguments.map { check($0) }
        guard let signatures = globals(name) else {
            reportUnknown(name, isMember: false, at: position)
            return .dyn
        }
        checkLiteral(name, arguments)
        return resolve(name, signatures, types, arguments, at: position)
    }

    private mutating func method(
        _ name: String, _ receiver: SyntaxNode, _ arguments: [SyntaxNode], at position: CELPosition
    ) -> CELStaticType {
        if let space = receiver.qualifiedName, FunctionLibrary.spaces.contains(space), !isBound(space), environment.variables[space] == nil {
            for argument in arguments { _ = check(argument) }
            reportUnknown("\(space).\(name)", isMember: false, at: receiver.start)
            return .dyn
        }
        let operands = [receiver] + arguments
        let types = operands.map { check($0) }
        let signatures =
            (FunctionLibrary.standard.member[name]?.signatures ?? []).filter(\.isMember) + (environment.functions[name] ?? []).filter(\.isMember)
        guard !signatures.isEmpty else {
            reportUnknown(name, isMember: true, at: position)
            return .dyn
        }
        checkLiteral(name, operands)
        return resolve(name, signatures, types, operands, at: position)
    }

    private func globals(_ name: String) -> [CELSignature]? {
        for candidate in Container.candidates(for: name, in: options.container) {
            let signatures =
                (FunctionLibrary.standard.global[candidate]?.signatures ?? []).filter { !$0.isMember }
                + (environment.functions[candidate] ?? []).filter { !$0.isMember }
            if !signatures.isEmpty { return signatures }
        }
        return nil
    }

    private mutating func reportUnknown(_ name: String, isMember: Bool, at position: CELPosition) {
        let isMacro = (isMember ? FunctionLibrary.memberMacros : FunctionLibrary.globalMacros).contains(name)
        if isMacro, options.macros {
            report("the macro '\(name)' takes other arguments", fix: "see its form in the manual", at: position)
            return
        }
        let suggestion = FunctionLibrary.standard.suggestion(for: name, isMember: isMember)
        report("there is no \(isMember ? "method" : "function") '\(name)'", fix: suggestion, at: position)
    }

    // MARK: Signatures

    /// The type of the result. A union stands for each of its types: one that fits is enough, one that does not is worth a warning.
    mutating func resolve(
        _ name: String, _ signatures: [CELSignature], _ operands: [CELStaticType], _ nodes: [SyntaxNode], at position: CELPosition
    ) -> CELStaticType {
        let known = operands.map { types.resolve($0) }
        guard known.contains(where: { if case .union = $0 { true } else { false } }) else {
            if let result = match(signatures, known) { return result }
            reportMismatch(name, signatures, known, nodes, at: position)
            return .dyn
        }
        var results: [CELStaticType] = []
        var failing: [CELStaticType]?
        for combination in Self.combinations(known) {
            if let result = match(signatures, combination) { results.append(types.resolve(result)) } else { failing = failing ?? combination }
        }
        guard !results.isEmpty else {
            reportMismatch(name, signatures, known, nodes, at: position)
            return .dyn
        }
        // Equality holds or does not, whatever the types are.
        if let failing, name != "==", name != "!=" {
            let (message, fix) = mismatch(name, signatures, failing, nodes)
            warn("this may fail: \(message)", fix: fix, at: position)
        }
        return CELStaticType.joined(results)
    }

    private static func combinations(_ types: [CELStaticType]) -> [[CELStaticType]] {
        var combinations: [[CELStaticType]] = [[]]
        for type in types {
            let alternatives = combinations.count * type.alternatives.count <= 64 ? type.alternatives : [type]
            combinations = combinations.flatMap { combination in alternatives.map { combination + [$0] } }
        }
        return combinations
    }

    private mutating func match(_ signatures: [CELSignature], _ operands: [CELStaticType]) -> CELStaticType? {
        var result: CELStaticType?
        for signature in signatures {
            let instance = types.instantiate(signature, operands: operands.count)
            guard types.assign(operands, to: instance.parameters) else { continue }
            let found = types.resolve(instance.result)
            guard let previous = result else {
                result = found
                // Only operands that may be anything can fit several.
                if operands.allSatisfy(\.isCertain) { return found }
                continue
            }
            if previous != .dyn, previous != found { result = .dyn }
        }
        return result
    }

    private mutating func reportMismatch(
        _ name: String, _ signatures: [CELSignature], _ operands: [CELStaticType], _ nodes: [SyntaxNode], at position: CELPosition
    ) {
        let (message, fix) = mismatch(name, signatures, operands, nodes)
        report(message, fix: fix, at: position)
    }

    private func mismatch(
        _ name: String, _ signatures: [CELSignature], _ operands: [CELStaticType], _ nodes: [SyntaxNode]
    ) -> (message: String, fix: String) {
        let isMethod = signatures.first?.isMember == true
        let shown = operands.map { types.resolve($0, isFinal: true) }
        let list = shown.dropFirst(isMethod ? 1 : 0).map(\.description).joined(separator: ", ")
        let given = isMethod && !shown.isEmpty ? "\(shown[0]).\(name)(\(list))" : "\(name)(\(list))"
        let isOperator = name.first?.isLetter == false || name == "in"
        let message = isOperator ? "\(shown.map(\.description).joined(separator: " \(name) ")) is not defined" : "\(given) is not defined"
        if isOperator, shown.count == 2 { return (message, Self.conversion(name, shown[0], shown[1])) }
        return (message, "expected " + signatures.prefix(3).map { "\(name): \($0)" }.joined(separator: ", or "))
    }

    private static func conversion(_ name: String, _ left: CELStaticType, _ right: CELStaticType) -> String {
        switch (left, right) {
        case (.string, _) where name == "+": "convert the right side with string(…)"
        case (_, .string) where name == "+": "convert the left side with string(…)"
        case (.null, _), (_, .null): name == "==" || name == "!=" ? "this is never null: leave the comparison out" : "guard it: x != null && …"
        case (.double, .int), (.double, .uint): "convert the right side with double(…)"
        case (.int, .double), (.uint, .double): "convert the left side with double(…)"
        case (.int, .uint), (.uint, .int): "convert one side with int(…) or uint(…)"
        case (_, .list) where name == "in", (_, .map) where name == "in": "convert the left side to what is in there"
        case _ where name == "in": "what stands behind 'in' must be a list or a map"
        case (.list, _) where name == "[]": "a list's index is an int: int(…)"
        case _ where name == "[]": "only lists, by int, and maps, by key, have an index"
        case _ where name == "==" || name == "!=": "convert one side, or put dyn(…) around it"
        default: "convert one side"
        }
    }

    // MARK: What always fails

    mutating func checkDivisor(_ operation: SyntaxNode.BinaryOperator, _ right: SyntaxNode) {
        guard operation == .divide || operation == .remainder else { return }
        switch right.kind {
        case .literal(.int(0)), .literal(.uint(0)): warn("division by zero", at: right.position)
        default: break
        }
    }

    /// Literals that a function cannot take.
    private mutating func checkLiteral(_ name: String, _ operands: [SyntaxNode]) {
        guard let last = operands.last, case .literal(.string(let text)) = last.kind else { return }
        do throws(CELEvaluationError) {
            switch (name, operands.count) {
            case ("matches", 2): _ = try RegularExpression(text)
            case ("timestamp", 1): _ = try CELValue.string(text).convertedToTimestamp()
            case ("duration", 1): _ = try CELValue.string(text).convertedToDuration()
            case ("int", 1): _ = try CELValue.string(text).convertedToInt()
            case ("uint", 1): _ = try CELValue.string(text).convertedToUInt()
            case ("double", 1): _ = try CELValue.string(text).convertedToDouble()
            default: return
            }
        } catch {
            warn(error.message, fix: error.suggestion, at: last.position)
        }
    }
}

extension CELStaticType {
    /// Known well enough that at most one signature fits.
    fileprivate var isCertain: Bool {
        switch self {
        case .dyn, .variable, .null: false
        case .list(let element): element.isCertain
        case .map(let key, let value): key.isCertain && value.isCertain
        default: true
        }
    }
}

/// The operators as functions (langdef.md, "List of Standard Definitions"); orders compare numbers across their types.
enum OperatorSignatures {
    static let index = [CELSignature("(list(A), int) -> A"), CELSignature("(map(A, B), A) -> B")]
    static let negation = [CELSignature("(int) -> int"), CELSignature("(double) -> double")]
    static let not = [CELSignature("(bool) -> bool")]

    static let binary: [SyntaxNode.BinaryOperator: [CELSignature]] = [
        .equal: [CELSignature("(A, A) -> bool")], .notEqual: [CELSignature("(A, A) -> bool")],
        .less: order, .lessOrEqual: order, .greater: order, .greaterOrEqual: order,
        .in: [CELSignature("(A, list(A)) -> bool"), CELSignature("(A, map(A, B)) -> bool")],
        .add: numbers + [
            CELSignature("(string, string) -> string"), CELSignature("(bytes, bytes) -> bytes"), CELSignature("(list(A), list(A)) -> list(A)"),
            CELSignature("(timestamp, duration) -> timestamp"), CELSignature("(duration, timestamp) -> timestamp"),
            CELSignature("(duration, duration) -> duration"),
        ],
        .subtract: numbers + [
            CELSignature("(timestamp, timestamp) -> duration"), CELSignature("(timestamp, duration) -> timestamp"),
            CELSignature("(duration, duration) -> duration"),
        ],
        .multiply: numbers, .divide: numbers,
        .remainder: [CELSignature("(int, int) -> int"), CELSignature("(uint, uint) -> uint")],
    ]

    private static let numbers = [
        CELSignature("(int, int) -> int"), CELSignature("(uint, uint) -> uint"), CELSignature("(double, double) -> double"),
    ]
    private static let order = [
        CELSignature("(bool, bool) -> bool"), CELSignature("(number, number) -> bool"), CELSignature("(string, string) -> bool"),
        CELSignature("(bytes, bytes) -> bool"), CELSignature("(timestamp, timestamp) -> bool"), CELSignature("(duration, duration) -> bool"),
    ]
}
