public import JSON

/// Several questions in one request.
public struct AccessBatch: Hashable, Sendable {
    public enum Semantic: String, CaseIterable, Hashable, Sendable {
        case executeAll = "execute_all"
        case denyOnFirstDeny = "deny_on_first_deny"
        case permitOnFirstPermit = "permit_on_first_permit"
    }

    public static let questionsMax = 100

    public let questions: [AccessQuestion]
    public let semantic: Semantic
    /// Asked without `evaluations`: it is one question, and is answered as one.
    public let isSingle: Bool

    /// One question, whatever else is in the request.
    public init(single json: JSONValue) throws(Problem) {
        guard let members = json.objectValue else { throw .invalid("body", "is not an object", fix: "send an object") }
        var reader = AccessQuestionReader()
        guard let question = reader.question(members), reader.problems.isEmpty else { throw .invalid(reader.problems) }
        (questions, semantic, isSingle) = ([question], .executeAll, true)
    }

    public init(_ json: JSONValue) throws(Problem) {
        guard let members = json.objectValue else { throw .invalid("body", "is not an object", fix: "send an object") }
        var reader = AccessQuestionReader()
        semantic = Self.semantic(members, &reader)
        let evaluations = members["evaluations"] ?? []
        guard let list = evaluations.arrayValue else { throw .invalid("/evaluations", "is not an array", fix: "send an array") }
        guard list.count <= Self.questionsMax else {
            throw .invalid("/evaluations", "has \(list.count) elements", fix: "send at most \(Self.questionsMax)")
        }
        isSingle = list.isEmpty
        var questions: [AccessQuestion] = []
        if list.isEmpty {
            if let question = reader.question(members) { questions.append(question) }
        } else {
            for (index, element) in list.enumerated() {
                guard let own = element.objectValue else {
                    reader.add("/evaluations/\(index)", "is not an object", "send an object")
                    continue
                }
                if let question = reader.question(own, defaults: members, at: "/evaluations/\(index)") { questions.append(question) }
            }
        }
        guard reader.problems.isEmpty else { throw .invalid(Array(reader.problems.prefix(Self.problemsMax))) }
        self.questions = questions
    }

    private static let problemsMax = 20

    private static func semantic(_ members: JSONObject, _ reader: inout AccessQuestionReader) -> Semantic {
        guard let options = members["options"] else { return .executeAll }
        guard let options = options.objectValue else {
            reader.add("/options", "is not an object", "send an object, or leave it out")
            return .executeAll
        }
        guard let asked = options["evaluations_semantic"] else { return .executeAll }
        guard let semantic = asked.stringValue.flatMap(Semantic.init(rawValue:)) else {
            let words = Semantic.allCases.map(\.rawValue).joined(separator: ", ")
            reader.add("/options/evaluations_semantic", "is \(asked.encodedString().prefix(80))", "use \(words)")
            return .executeAll
        }
        return semantic
    }
}
