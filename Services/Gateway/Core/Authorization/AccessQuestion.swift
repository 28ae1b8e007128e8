public import JSON

/// May this subject do this to that resource? As AuthZEN's Authorization API 1.0 asks it.
public struct AccessQuestion: Hashable, Sendable {
    public struct Entity: Hashable, Sendable {
        public var type: String
        /// Empty where it is what a search looks for.
        public var id: String
        public var properties: JSONObject

        public init(type: String, id: String, properties: JSONObject = [:]) {
            self.type = type
            self.id = id
            self.properties = properties
        }
    }

    public var subject: Entity
    /// Empty where it is what a search looks for.
    public var action: String
    public var actionProperties: JSONObject
    public var resource: Entity
    public var context: JSONObject

    public init(subject: Entity, action: String, actionProperties: JSONObject = [:], resource: Entity, context: JSONObject = [:]) {
        self.subject = subject
        self.action = action
        self.actionProperties = actionProperties
        self.resource = resource
        self.context = context
    }
}

/// What a search leaves open.
public enum AccessPart: String, CaseIterable, Hashable, Sendable {
    case subject
    case resource
    case action

    /// As names begin.
    public var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// Reads a question out of JSON and names all that is not as it should be. What is not known is left alone: callers of later versions of
/// the API say more.
public struct AccessQuestionReader: Sendable {
    public static let nameBytesMax = 256

    public private(set) var problems: [FieldProblem] = []

    public init() {}

    /// - Parameters:
    ///   - json: Has the members `subject`, `action`, `resource`, `context`.
    ///   - defaults: Stand for members that `json` does not have.
    ///   - open: What is looked for, and so has no name.
    /// - Returns: Nil where it cannot be asked; ``problems`` says why.
    public mutating func question(
        _ json: JSONObject, defaults: JSONObject = [:], at pointer: String = "", open: AccessPart? = nil
    ) -> AccessQuestion? {
        let before = problems.count
        // A default that a question falls back on is named where it stands.
        func place(_ name: String) -> (JSONValue?, String) { json[name].map { ($0, "\(pointer)/\(name)") } ?? (defaults[name], "/\(name)") }
        let known = Set(["subject", "action", "resource", "context"])
        let strange = json.keys.filter { !known.contains($0) }
        let subject = entity(place("subject"), "subject", at: pointer, strange: strange, isOpen: open == .subject)
        let resource = entity(place("resource"), "resource", at: pointer, strange: strange, isOpen: open == .resource)
        var action = ("", JSONObject())
        if open != .action { action = self.action(place("action"), at: pointer, strange: strange) }
        let (context, contextPlace) = place("context")
        let members = object(context, at: contextPlace)
        checkContext(members, at: contextPlace, subject: subject, resource: resource)
        guard problems.count == before else { return nil }
        return AccessQuestion(subject: subject, action: action.0, actionProperties: action.1, resource: resource, context: members)
    }

    // MARK: Parts

    private mutating func entity(
        _ part: (value: JSONValue?, place: String), _ name: String, at pointer: String, strange: [String], isOpen: Bool
    ) -> AccessQuestion.Entity {
        guard let members = required(part.value, name, at: pointer, part.place, strange: strange) else { return .init(type: "", id: "") }
        let type = text(members, "type", at: part.place)
        if !type.isEmpty, let fix = CedarName.fix(forType: type) {
            add("\(part.place)/type", "is \"\(type.prefix(80))\", which is no name of an entity type", fix)
        }
        // A search ignores the name of what it looks for.
        let id = isOpen ? "" : text(members, "id", at: part.place)
        return .init(type: type, id: id, properties: object(members["properties"], at: "\(part.place)/properties"))
    }

    private mutating func action(_ part: (value: JSONValue?, place: String), at pointer: String, strange: [String]) -> (String, JSONObject) {
        guard let members = required(part.value, "action", at: pointer, part.place, strange: strange) else { return ("", [:]) }
        return (text(members, "name", at: part.place), object(members["properties"], at: "\(part.place)/properties"))
    }

    private mutating func required(
        _ value: JSONValue?, _ name: String, at pointer: String, _ place: String, strange: [String]
    ) -> JSONObject? {
        guard let value else {
            let fix = Spelling.closest(to: name, among: strange).map { "is \($0) a misspelt \(name)?" } ?? "send it"
            add("\(pointer)/\(name)", "is missing", fix)
            return nil
        }
        guard let members = value.objectValue else {
            add(place, "is not an object", "send an object")
            return nil
        }
        return members
    }

    private mutating func object(_ value: JSONValue?, at place: String) -> JSONObject {
        guard let value, !value.isNull else { return [:] }
        guard let members = value.objectValue else {
            add(place, "is not an object", "send an object, or leave it out")
            return [:]
        }
        return members
    }

    private mutating func text(_ members: JSONObject, _ name: String, at place: String) -> String {
        guard let value = members[name] else {
            let known = ["type", "id", "name", "properties"]
            let meant = Spelling.closest(to: name, among: members.keys.filter { !known.contains($0) })
            add("\(place)/\(name)", "is missing", meant.map { "is \($0) a misspelt \(name)?" } ?? "send it")
            return ""
        }
        guard let text = value.stringValue else {
            add("\(place)/\(name)", "is not a string", "send a string")
            return ""
        }
        guard (1...Self.nameBytesMax).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            add("\(place)/\(name)", "is empty, has more than \(Self.nameBytesMax) bytes, or a control character", "send a printable name")
            return ""
        }
        return text
    }

    /// The names that the platform itself gives a meaning in the policies' context.
    private mutating func checkContext(_ context: JSONObject, at place: String, subject: AccessQuestion.Entity, resource: AccessQuestion.Entity) {
        if context["input"] != nil { add("\(place)/input", "is the name of the action's properties", "send them as action.properties") }
        if context["grants"] != nil { add("\(place)/grants", "is set from approvals alone", "send context.approval of an approved access request") }
        for (name, entity) in [("subject", subject), ("resource", resource)] where context[name] != nil && !entity.properties.isEmpty {
            add("\(place)/\(name)", "is the name of \(name).properties", "send one of the two")
        }
    }

    public mutating func add(_ field: String, _ message: String, _ fix: String) {
        problems.append(FieldProblem(field: field, message: message, fix: fix))
    }
}
