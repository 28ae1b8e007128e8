public import JSON

/// A request for the approval that a denial named, as AuthZEN's profile for access requests has it.
public struct AccessSubmission: Hashable, Sendable {
    /// The denied question, repeated.
    public let question: AccessQuestion
    /// Of the denied evaluation.
    public let evaluation: String
    public let requestedUntil: Timestamp?
    public let justification: String

    private static let justificationMax = 2_000

    public init(_ json: JSONValue) throws(Problem) {
        guard let members = json.objectValue else { throw .invalid("body", "is not an object", fix: "send an object") }
        var reader = AccessQuestionReader()
        for (name, fix) in [("items", "send one request for each"), ("callback", "leave it out, and ask the task's status_endpoint")]
        where members[name] != nil {
            reader.add("/\(name)", "is not supported here", fix)
        }
        let question = reader.question(members)
        evaluation = Self.evaluation(members["denial"], &reader)
        requestedUntil = Self.until(members["requested_access"], &reader)
        justification = Self.justification(members["context"], &reader)
        guard let question, reader.problems.isEmpty else { throw .invalid(reader.problems) }
        self.question = question
    }

    /// The denial's own expiry is what counts; the profile wants it repeated.
    private static func evaluation(_ denial: JSONValue?, _ reader: inout AccessQuestionReader) -> String {
        guard let denial = denial?.objectValue else {
            reader.add("/denial", "is missing, or is not an object", "send evaluation_id and expires_at of the denial")
            return ""
        }
        if denial["expires_at"]?.stringValue == nil {
            reader.add("/denial/expires_at", "is missing, or is not a string", "send context.access_request.expires_at of the denial")
        }
        guard let evaluation = denial["evaluation_id"]?.stringValue else {
            reader.add("/denial/evaluation_id", "is missing, or is not a string", "send context.evaluation_id of the denial")
            return ""
        }
        return evaluation
    }

    private static func until(_ access: JSONValue?, _ reader: inout AccessQuestionReader) -> Timestamp? {
        guard let asked = access?["requested_until"] else { return nil }
        guard let time = asked.stringValue.flatMap({ Timestamp(text: $0) }) else {
            reader.add("/requested_access/requested_until", "is no time", "send RFC 3339 in UTC, for example 2026-05-01T00:15:00Z")
            return nil
        }
        return time
    }

    private static func justification(_ context: JSONValue?, _ reader: inout AccessQuestionReader) -> String {
        guard let said = context?["business_justification"] else { return "" }
        guard let text = said.stringValue, text.utf8.count <= justificationMax else {
            reader.add("/context/business_justification", "is not a string, or has more than \(justificationMax) bytes", "send a shorter one")
            return ""
        }
        return text
    }
}
