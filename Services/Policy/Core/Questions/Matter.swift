internal import Cedar
internal import JSON

/// A question in Cedar's terms, made once for all the evaluations that its verdict takes.
struct Matter {
    private let principal: EntityUID
    private let action: EntityUID
    private let resource: EntityUID
    /// With the input and without the grants.
    private let context: RecordValue
    let entities: Entities

    init(_ question: Question, _ entities: Entities) throws(InputFault) {
        principal = question.principalUID
        action = question.actionUID
        resource = question.resourceUID
        self.entities = entities
        var stated = RecordValue.empty
        if !question.context.isEmpty {
            do throws(EntitiesError) {
                stated = try RecordValue(json: .object(question.context))
            } catch {
                throw InputFault(field: "context_json", message: error.description)
            }
        }
        context = Self.replacing(question.input, in: stated)
    }

    private init(_ matter: Matter, context: RecordValue) {
        principal = matter.principal
        action = matter.action
        resource = matter.resource
        entities = matter.entities
        self.context = context
    }

    func request(_ grants: GrantSet) -> Request {
        let value = grants == .none ? GrantSet.noneValue : grants.value
        return Request(principal: principal, action: action, resource: resource, context: context.setting("grants", to: value))
    }

    func replacingInput(_ input: JSONValue) -> Matter { Matter(self, context: Self.replacing(input, in: context)) }

    private static func replacing(_ input: JSONValue, in context: RecordValue) -> RecordValue {
        context.setting("input", to: InputValue.value(input) ?? .record(.empty))
    }
}
