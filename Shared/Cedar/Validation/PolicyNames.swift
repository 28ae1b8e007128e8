/// The entities and types that a policy names, and whether a schema knows them.
struct PolicyNames {
    let schema: SchemaModel
    private(set) var faults: [ConditionChecker.Fault] = []
    private var seen: Set<ConditionChecker.Fault> = []

    init(_ schema: SchemaModel) { self.schema = schema }

    mutating func check(_ body: PolicyBody) {
        for constraint in [body.scope.principal, body.scope.resource] { check(constraint, body) }
        switch body.scope.action {
        case .any: break
        case .equal(let uid): check(uid, ScopePlace.find(uid.type, in: body))
        case .in(let uids): for uid in uids { check(uid, ScopePlace.find(uid.type, in: body)) }
        }
        for node in body.tree.nodes {
            switch node.kind {
            case .literal(.entity(let uid)): check(uid, node.span)
            case .is(_, let type, _): check(type: type, node.span)
            default: break
            }
        }
    }

    private mutating func check(_ constraint: EntityConstraint, _ body: PolicyBody) {
        switch constraint {
        case .is(let type), .isIn(let type, _): check(type: type, ScopePlace.find(type, in: body))
        default: break
        }
        if case .entity(let uid)? = constraint.reference { check(uid, ScopePlace.find(uid.type, in: body)) }
    }

    private mutating func check(_ uid: EntityUID, _ span: @autoclosure () -> SourceSpan) {
        if TypeName.isAction(uid.type) {
            guard schema.actionPlace(uid) == nil else { return }
            let sameID = schema.actions.map(\.uid).filter { $0.id == uid.id }.map(\.description)
            let near = sameID.first ?? Spelling.nearest(to: uid.description, in: schema.actions.map(\.uid.description))
            report(.unknownAction, span(), "there is no action \(uid)", near.map { "did you mean \($0)?" })
            return
        }
        check(type: uid.type, span())
        guard let ids = schema.entityType(uid.type)?.ids, !ids.contains(uid.id) else { return }
        let near = Spelling.nearest(to: uid.id.string, in: ids.map(\.string)).map { "did you mean \(Text($0).quoted)?" }
        let all = ids.prefix(20).map(\.quoted).joined(separator: ", ")
        report(.unknownID, span(), "the entity type `\(uid.type)` has no id \(uid.id.quoted)", near ?? "it has \(all)")
    }

    private mutating func check(type: Text, _ span: @autoclosure () -> SourceSpan) {
        guard !TypeName.isAction(type), schema.entityType(type) == nil else { return }
        let names = schema.entityTypes.filter { !$0.isAction }.map(\.name.string)
        let sameBase = names.first { TypeName.basename(of: Text($0)) == TypeName.basename(of: type) }
        let near = sameBase ?? Spelling.nearest(to: type.string, in: names)
        report(.unknownEntityType, span(), "there is no entity type `\(type)`", near.map { "did you mean `\($0)`?" })
    }

    private mutating func report(_ code: ValidationFinding.Code, _ span: SourceSpan, _ message: String, _ suggestion: String?) {
        let fault = ConditionChecker.Fault(code: code, span: span, message: message, suggestion: suggestion)
        if seen.insert(fault).inserted { faults.append(fault) }
    }
}

/// Where the head of a policy names a type. Heads keep no places, since decisions have no use for them.
enum ScopePlace {
    static func find(_ type: Text, in body: PolicyBody) -> SourceSpan {
        guard let source = body.source else { return body.span }
        let slice = SourceText(String(decoding: source.bytes[body.span.lower..<body.span.upper], as: UTF8.self))
        var lexer = Lexer(slice, faultsMax: 1)
        let tokens = lexer.tokens()
        var isInHead = false
        for (index, token) in tokens.enumerated() {
            if token.word == .principal { isInHead = true }
            guard isInHead, token.kind == .identifier, index == 0 || tokens[index - 1].kind != .doubleColon else { continue }
            var (name, last) = (slice[token.span], index)
            while last + 2 < tokens.count, tokens[last + 1].kind == .doubleColon, tokens[last + 2].kind == .identifier {
                name += "::\(slice[tokens[last + 2].span])"
                last += 2
            }
            guard name == type.string else { continue }
            return SourceSpan(body.span.lower + token.span.lower, body.span.lower + tokens[last].span.upper)
        }
        return body.span
    }
}
