internal import CEL
public import JSON

/// JSON in which strings may hold expressions: `${…}`.
///
/// A string that is one expression and nothing else keeps the expression's type; among other text a value is written out: strings
/// as they are, null as nothing, lists and maps as JSON. `$${` is a literal `${`.
public struct Template: Hashable, Sendable {
    indirect enum Part: Hashable, Sendable {
        case literal(JSONValue)
        case expression(CELText)
        case text([Segment])
        case array([Part])
        case object([Member])
    }

    struct Member: Hashable, Sendable {
        var key: String
        var part: Part
    }

    enum Segment: Hashable, Sendable {
        case literal(String)
        case expression(CELText)
    }

    var part: Part

    public static let empty = Template(part: .object([]))

    /// The JSON with every expression replaced by its value.
    public func resolve(_ scope: Scope) throws(ExpressionFailure) -> JSONValue { try Self.resolve(part, scope) }

    private static func resolve(_ part: Part, _ scope: Scope) throws(ExpressionFailure) -> JSONValue {
        switch part {
        case .literal(let value): return value
        case .expression(let text): return try value(of: text, scope)
        case .text(let segments):
            var text = ""
            for segment in segments {
                switch segment {
                case .literal(let literal): text += literal
                case .expression(let expression): text += try value(of: expression, scope).insertedText
                }
            }
            return .string(text)
        case .array(let parts):
            var values: [JSONValue] = []
            for part in parts { values.append(try resolve(part, scope)) }
            return .array(values)
        case .object(let parts):
            var members = JSONObject()
            for member in parts { members[member.key] = try resolve(member.part, scope) }
            return .object(members)
        }
    }

    private static func value(of text: CELText, _ scope: Scope) throws(ExpressionFailure) -> JSONValue {
        do throws(CELEvaluationError) {
            return try text.expression.evaluate(scope.variables).json()
        } catch {
            throw ExpressionFailure(pointer: text.pointer, source: text.expression.source, message: error.description)
        }
    }

    /// Every expression in it.
    var expressions: [CELText] { Self.expressions(part) }

    private static func expressions(_ part: Part) -> [CELText] {
        switch part {
        case .literal: []
        case .expression(let text): [text]
        case .text(let segments): segments.compactMap { if case .expression(let text) = $0 { text } else { nil } }
        case .array(let parts): parts.flatMap(expressions)
        case .object(let members): members.flatMap { expressions($0.part) }
        }
    }

    /// The literal value of a member, where it has one before any run: what a schema can be held against.
    func literal(_ key: String) -> JSONValue? {
        guard case .object(let members) = part, case .literal(let value)? = members.first(where: { $0.key == key })?.part else { return nil }
        return value
    }

    var memberNames: [String] { if case .object(let members) = part { members.map(\.key) } else { [] } }
}

extension JSONValue {
    fileprivate var insertedText: String {
        switch self {
        case .string(let text): text
        case .null: ""
        default: encodedString()
        }
    }
}
