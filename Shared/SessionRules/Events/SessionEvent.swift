public import Cedar

/// Something that happened in a session: a request, its response, or what else the schema has.
public struct SessionEvent: Sendable {
    public var action: EntityUID
    public var kind: Text
    /// By the names that rules use: `input`, `output`, `callerPrincipal`, ….
    public var fields: RecordValue

    public init(action: EntityUID, kind: Text, fields: RecordValue) {
        self.action = action
        self.kind = kind
        self.fields = fields
    }

    /// The value at a path; nil where there is none.
    func value(at path: [String]) -> Value? { fields.value(at: path) }
}

/// What rules compare events with: the request that is being decided.
public struct SessionRequest: Sendable {
    public var principal: EntityUID
    public var resource: EntityUID
    public var context: RecordValue
    public var principalAttributes: RecordValue
    public var resourceAttributes: RecordValue

    public init(
        principal: EntityUID, resource: EntityUID, context: RecordValue, principalAttributes: RecordValue = .empty,
        resourceAttributes: RecordValue = .empty
    ) {
        self.principal = principal
        self.resource = resource
        self.context = context
        self.principalAttributes = principalAttributes
        self.resourceAttributes = resourceAttributes
    }

    func value(of parameter: MonitorPlan.Parameter) -> Value? {
        switch parameter {
        case .context(let path): context.value(at: path)
        case .scope(.principal, let path): Self.value(of: principal, principalAttributes, path)
        case .scope(.resource, let path): Self.value(of: resource, resourceAttributes, path)
        }
    }

    /// The entity itself, its id, its type, or one of its attributes.
    private static func value(of uid: EntityUID, _ attributes: RecordValue, _ path: [String]) -> Value? {
        if path.isEmpty { return .entity(uid) }
        if path == ["id"] { return .string(uid.id) }
        if path == ["type"] { return .string(uid.type) }
        return attributes.value(at: path)
    }
}

extension RecordValue {
    func value(at path: [String]) -> Value? {
        var record = self
        for (index, name) in path.enumerated() {
            guard let value = record[Text(name)] else { return nil }
            if index == path.count - 1 { return value }
            guard case .record(let inner) = value else { return nil }
            record = inner
        }
        return nil
    }
}
