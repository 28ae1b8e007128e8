public import JSON

/// What the policies see of a question beside its entities.
///
/// `action.properties` are the arguments of the action, `context.input` to the policies. What a caller says of an entity is a claim and
/// stands in the context, as `context.subject` and `context.resource`: it never takes the place of what the tenant's own entities say.
public struct AccessContext: Hashable, Sendable {
    /// In Cedar's JSON.
    public let context: JSONObject
    public let input: JSONObject
    /// The approval of an access request that the caller presents; nil for none.
    public let approval: JSONValue?
    /// The types of obligations that the caller says it can meet; nil where it says nothing.
    public let obligationsSupported: Set<String>?

    /// Members that say something about the conversation and nothing about the question.
    private static let machinery: Set<String> = ["approval", "obligations_supported"]

    public init(_ question: AccessQuestion) {
        var members = JSONObject(question.context.filter { !Self.machinery.contains($0.key) }.map { ($0.key, $0.value) })
        if !question.subject.properties.isEmpty { members["subject"] = .object(question.subject.properties) }
        if !question.resource.properties.isEmpty { members["resource"] = .object(question.resource.properties) }
        context = Self.cedar(members)
        input = question.actionProperties
        approval = question.context["approval"]
        obligationsSupported = question.context["obligations_supported"]?.arrayValue.map { Set($0.compactMap(\.stringValue)) }
    }

    /// Cedar has neither null nor fractions: what is null is absent, and a fraction is a decimal where it is exactly one and else its text.
    private static func cedar(_ members: JSONObject) -> JSONObject {
        JSONObject(members.compactMap { key, value in cedar(value).map { (key, $0) } })
    }

    private static func cedar(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .null: nil
        case .double(let number): decimal(number)
        case .array(let elements): .array(elements.compactMap(cedar))
        case .object(let members): .object(cedar(members))
        default: value
        }
    }

    private static func decimal(_ number: Double) -> JSONValue {
        let scaled = number * 10_000
        guard scaled.magnitude < 9e15, scaled.rounded() == scaled, scaled / 10_000 == number else {
            return .string(JSONValue.double(number).encodedString())
        }
        let (whole, rest) = Int64(scaled).magnitude.quotientAndRemainder(dividingBy: 10_000)
        let digits = String(String(10_000 + rest).dropFirst())
        return ["__extn": ["fn": "decimal", "arg": .string("\(scaled < 0 ? "-" : "")\(whole).\(digits)")]]
    }
}
