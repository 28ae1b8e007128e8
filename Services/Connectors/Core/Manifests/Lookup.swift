package import JSON

/// Which element of an answer is meant.
package struct FindRule: Sendable, Hashable {
    /// Steps to the list that is searched; nil where the answer itself is the one candidate.
    package var list: [String]?
    /// Steps from an element to the values that are compared: one of them must match.
    package var fields: [[String]]
    package var value: TextTemplate
    /// Whether the value need only stand somewhere in the field.
    package var isContained: Bool

    package func find(in body: JSONValue, _ scope: JSONObject) throws(TemplateError) -> JSONValue? {
        let wanted = try value.text(in: scope)
        let candidates: [JSONValue]
        if let list {
            guard let elements = (list.isEmpty ? body : body.at(list) ?? .null).arrayValue else {
                throw TemplateError("the answer has no list at \(list.joined(separator: "."))")
            }
            candidates = elements
        } else {
            candidates = [body]
        }
        return candidates.first { candidate in
            fields.contains { field in
                guard let found = candidate.at(field) else { return false }
                // A list, such as labels, matches where one of its elements does.
                return (found.arrayValue ?? [found]).contains { element in
                    guard let text = element.templateText else { return false }
                    return isContained ? text.utf8Contains(wanted) : text.utf8.elementsEqual(wanted.utf8)
                }
            }
        }
    }
}

/// Further pages of a list: the cursor in an answer goes into a parameter of the next request.
package struct PageRule: Sendable, Hashable {
    package static let pageLimit = 20

    package var cursor: [String]
    package var parameter: String

    /// Nil behind the last page.
    package func next(after body: JSONValue) -> String? {
        guard let cursor = body.at(cursor)?.stringValue, !cursor.isEmpty else { return nil }
        return cursor
    }
}

/// A request whose answer is needed to make another one: the id that belongs to a name.
package struct Lookup: Sendable, Hashable {
    package var name: String
    package var request: RequestTemplate
    package var find: FindRule
    package var pages: PageRule?
    /// What it means that nothing was found.
    package var missing: CallFailure
}

/// How to see whether an effect took place.
package struct ReadBackGuard: Sendable, Hashable {
    /// Only for calls whose input has this member; nil for all.
    package var member: String?
    package var lookups: [Lookup]
    package var request: RequestTemplate
    package var find: FindRule
    /// The operation's output, from what was found.
    package var output: JSONTemplate
    /// How long after the request an effect that is not seen has certainly not happened. Nil where that is never certain.
    package var settles: Duration?
    /// Whether it is also asked before a first attempt: what is so already need not be done.
    package var isAskedFirst: Bool
}

/// Something that must hold of an answer for the call to be a success.
package struct Expectation: Sendable, Hashable {
    package var field: [String]
    package var value: TextTemplate
    package var failure: ErrorClass
    package var message: TextTemplate

    package func failure(of body: JSONValue, _ scope: JSONObject) throws(TemplateError) -> CallFailure? {
        let wanted = try value.text(in: scope)
        let found = body.at(field)?.templateText
        if let found, found.utf8.elementsEqual(wanted.utf8) { return nil }
        return CallFailure(failure, try message.text(in: scope))
    }
}

extension String {
    /// By bytes, unlike `contains`, which takes canonically equivalent characters for one.
    fileprivate func utf8Contains(_ other: String) -> Bool {
        let (text, pattern) = (Array(utf8), Array(other.utf8))
        guard !pattern.isEmpty, text.count >= pattern.count else { return pattern.isEmpty }
        return (0...text.count - pattern.count).contains { text[$0..<$0 + pattern.count].elementsEqual(pattern) }
    }
}
