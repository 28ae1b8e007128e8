/// One question: may this principal do this action to this resource, under these circumstances?
public struct Request: Sendable {
    public var principal: EntityUID
    public var action: EntityUID
    public var resource: EntityUID
    public var context: RecordValue

    public init(principal: EntityUID, action: EntityUID, resource: EntityUID, context: RecordValue = .empty) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
    }

    func value(of variable: Variable) -> Value {
        switch variable {
        case .principal: .entity(principal)
        case .action: .entity(action)
        case .resource: .entity(resource)
        case .context: .record(context)
        }
    }
}
