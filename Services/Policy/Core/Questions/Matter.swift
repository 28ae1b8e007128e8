internal import Cedar
internal import JSON

/// A question in Cedar's terms, made once for all the evaluations that its verdict takes.
struct Matter {
    private let principal: EntityUID
    private let action: EntityUID
    private let resource: EntityUID
    /// In the order of their names, with the input, and with a place for the grants.
    private var context: [(Text, Value)]
    private let grantsPlace: Int
    let entities: Entities

    private static let input: Text = "input"
    private static let grants: Text = "grants"

    /// - Parameter entities: What is known of everything but the question itself.
    init(_ question: Question, over known: Entities) throws(InputFault) {
        principal = question.principalUID
        action = question.actionUID
        resource = question.resourceUID
        entities = try Self.entities(question, principal, resource, over: known)
        var stated = RecordValue.empty
        if !question.context.isEmpty {
            do throws(EntitiesError) {
                stated = try RecordValue(json: .object(question.context))
            } catch {
                throw InputFault(field: "context_json", message: error.description)
            }
        }
        context = stated.map { ($0, $1) }
        Self.put(Self.value(question.input), under: Self.input, in: &context)
        grantsPlace = Self.put(GrantSet.noneValue, under: Self.grants, in: &context)
    }

    func request(_ grants: GrantSet) -> Request {
        var members = context
        if grants != .none { members[grantsPlace].1 = grants.value }
        return Request(principal: principal, action: action, resource: resource, context: RecordValue(members))
    }

    func replacingInput(_ input: JSONValue) -> Matter {
        var matter = self
        Self.put(Self.value(input), under: Self.input, in: &matter.context)
        return matter
    }

    private static func value(_ input: JSONValue) -> Value { InputValue.value(input) ?? .record(.empty) }

    /// Returns where it stands.
    @discardableResult
    private static func put(_ value: Value, under name: Text, in members: inout [(Text, Value)]) -> Int {
        let place = members.firstIndex { $0.0 == name || name < $0.0 } ?? members.count
        if place < members.count, members[place].0 == name {
            members[place].1 = value
        } else {
            members.insert((name, value), at: place)
        }
        return place
    }

    /// Those that are known, with the principal in its roles. What is known is not looked at again.
    private static func entities(
        _ question: Question, _ principal: EntityUID, _ resource: EntityUID, over known: Entities
    ) throws(InputFault) -> Entities {
        let earlier = known[principal]
        let roles = question.roles.lazy.map(Question.role).filter { $0 != principal }
        let asked = Entity(
            uid: principal, attributes: earlier?.attributes ?? .empty, tags: earlier?.tags ?? .empty, parents: (earlier?.parents ?? []) + roles)
        do throws(EntitiesError) {
            let entities = try known.adding(asked)
            return entities[resource] == nil ? try entities.adding(Entity(uid: resource)) : entities
        } catch {
            // What is known has no cycle: a role that is below the principal made one.
            throw InputFault(field: "roles", message: error.description)
        }
    }
}
