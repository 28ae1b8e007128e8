/// The entities and types that a policy names, and whether a schema knows them.
struct PolicyNames {
    /// Where a name stands: heads keep no places, since decisions have no use for them.
    private enum Place {
        case expression(SourceSpan)
        case head
    }

    private let schema: SchemaModel
    private let body: PolicyBody
    private(set) var faults: [ConditionChecker.Fault] = []
    private var seen: Set<ConditionChecker.Fault> = []
    /// Made when the first is asked for.
    private var headPlaces: [Text: SourceSpan]?

    static func faults(of body: PolicyBody, _ schema: SchemaModel) -> [ConditionChecker.Fault] {
        var names = PolicyNames(schema: schema, body: body)
        names.check()
        return names.faults
    }

    private init(schema: SchemaModel, body: PolicyBody) {
        self.schema = schema
        self.body = body
    }

    private mutating func check() {
        for constraint in [body.scope.principal, body.scope.resource] { check(constraint) }
        switch body.scope.action {
        case .any: break
        case .equal(let uid): check(uid, .head)
        case .in(let uids): for uid in uids { check(uid, .head) }
        }
        for node in body.tree.nodes {
            switch node.kind {
            case .literal(.entity(let uid)): check(uid, .expression(node.span))
            case .is(_, let type, _): check(type: type, .expression(node.span))
            default: break
            }
        }
    }

    private mutating func check(_ constraint: EntityConstraint) {
        switch constraint {
        case .is(let type), .isIn(let type, _): check(type: type, .head)
        default: break
        }
        if case .entity(let uid)? = constraint.reference { check(uid, .head) }
    }

    private mutating func check(_ uid: EntityUID, _ place: Place) {
        guard !TypeName.isAction(uid.type) else { return checkAction(uid, place) }
        check(type: uid.type, place)
        guard let type = schema.entityType(uid.type), let ids = type.ids, !type.has(uid.id), !isFull else { return }
        let near = Spelling.nearest(to: uid.id.string, in: ids, \.string).map { "did you mean \(Text($0).quoted)?" }
        let all = ids.prefix(20).map(\.quoted).joined(separator: ", ")
        report(.unknownID, uid.type, place, "the entity type `\(uid.type)` has no id \(uid.id.quoted)", near ?? "it has \(all)")
    }

    private mutating func checkAction(_ uid: EntityUID, _ place: Place) {
        guard schema.actionPlace(uid) == nil, !isFull else { return }
        let sameID = schema.actions.first { $0.uid.id == uid.id }?.uid.description
        let near = sameID ?? Spelling.nearest(to: uid.description, in: schema.actions, \.uid.description)
        report(.unknownAction, uid.type, place, "there is no action \(uid)", near.map { "did you mean \($0)?" })
    }

    private mutating func check(type: Text, _ place: Place) {
        guard !TypeName.isAction(type), schema.entityType(type) == nil, !isFull else { return }
        report(
            .unknownEntityType, type, place, "there is no entity type `\(type)`", schema.nearestEntityType(to: type).map { "did you mean `\($0)`?" })
    }

    /// Advice costs more than a look; nobody reads thousands of them.
    private var isFull: Bool { faults.count >= ConditionChecker.faultsMax }

    private mutating func report(_ code: ValidationFinding.Code, _ type: Text, _ place: Place, _ message: String, _ suggestion: String?) {
        let fault = ConditionChecker.Fault(code: code, span: span(of: place, type), message: message, suggestion: suggestion)
        if seen.insert(fault).inserted { faults.append(fault) }
    }

    private mutating func span(of place: Place, _ type: Text) -> SourceSpan {
        if case .expression(let span) = place { return span }
        let places = headPlaces ?? ScopePlace.names(in: body)
        headPlaces = places
        return places[type] ?? body.span
    }
}

extension SchemaModel {
    /// What a misspelt name of a type may have meant: one of the same name in another namespace, or one that is written nearly so.
    func nearestEntityType(to name: Text) -> String? {
        namesByBase[TypeName.basename(of: name)]?.string
            ?? Spelling.nearest(to: name.string, in: namesByBase.values, \.string)
    }
}

/// Finds where the head of a policy names types.
enum ScopePlace {
    /// The first place of each name.
    static func names(in body: PolicyBody) -> [Text: SourceSpan] {
        guard let source = body.source else { return [:] }
        let slice = SourceText(String(decoding: source.bytes[body.span.lower..<body.span.upper], as: UTF8.self))
        var lexer = Lexer(slice, faultsMax: 1)
        let tokens = lexer.tokens()
        var places: [Text: SourceSpan] = [:]
        var index = tokens.firstIndex { $0.word == .principal } ?? tokens.count
        while index < tokens.count {
            let start = index
            index += 1
            guard tokens[start].kind == .identifier else { continue }
            var name = slice[tokens[start].span]
            while index + 1 < tokens.count, tokens[index].kind == .doubleColon, tokens[index + 1].kind == .identifier {
                name += "::\(slice[tokens[index + 1].span])"
                index += 2
            }
            let span = SourceSpan(body.span.lower + tokens[start].span.lower, body.span.lower + tokens[index - 1].span.upper)
            if places[Text(name)] == nil { places[Text(name)] = span }
        }
        return places
    }
}
