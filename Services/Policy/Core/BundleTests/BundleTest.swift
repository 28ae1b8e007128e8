internal import Cedar
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Trust

/// One question with the answer that a bundle must give, kept inside the bundle.
///
///     {"name": "large refunds need finance",
///      "request": {"principal": {"type": "User", "id": "dana"}, "roles": ["operator"], "action": "pay",
///                  "resource": {"type": "Account", "id": "main"}, "context": {}, "input": {"amount": 900},
///                  "approvals": [{"role": "finance", "by": "chris"}]},
///      "expect": {"verdict": "require-approval", "determining": ["large"]}}
///
/// Left out may be roles, context, input, history, approvals and determining. Approvals are of exactly the input that would be enforced.
struct BundleTest: Sendable {
    /// As many as a publish may be expected to wait for.
    static let countMax = 10_000

    struct StandIn: Sendable {
        let role: String
        let approver: String
    }

    /// A test has no task that an approval would be of.
    private static let standInTask = TaskID(rawValue: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))

    let name: String
    let question: Question
    let history: TestHistory
    let approvals: [StandIn]
    let verdict: Verdict
    /// In any order; nil where it does not matter.
    let determining: Set<String>?

    static func read(_ json: JSONValue) throws(BundleProblems) -> [BundleTest] {
        guard let list = json.arrayValue else { throw fault("tests", "must be a list of tests") }
        guard list.count <= countMax else { throw fault("tests", "has more than \(countMax) tests") }
        var tests: [BundleTest] = []
        for (index, one) in list.enumerated() { tests.append(try BundleTest(one, at: "tests[\(index)]")) }
        return tests
    }

    private init(_ json: JSONValue, at path: String) throws(BundleProblems) {
        guard let name = json["name"]?.stringValue, !name.isEmpty else { throw Self.fault(path, "has no name") }
        guard let request = json["request"], let action = request["action"]?.stringValue else {
            throw Self.fault(path, "has no request with an action", test: name)
        }
        let principal = try Self.entity(request["principal"], "\(path).request.principal", name)
        let resource = try Self.entity(request["resource"], "\(path).request.resource", name)
        guard let word = json["expect"]?["verdict"]?.stringValue, let verdict = Verdict(word: word) else {
            let words = Verdict.allCases.map(\.word).joined(separator: ", ")
            throw Self.fault("\(path).expect.verdict", "must be one of \(words)", test: name)
        }
        self.name = name
        self.verdict = verdict
        determining = json["expect"]?["determining"]?.arrayValue.map { Set($0.compactMap(\.stringValue)) }
        approvals = (request["approvals"]?.arrayValue ?? []).map {
            StandIn(role: $0["role"]?.stringValue ?? "", approver: $0["by"]?.stringValue ?? "")
        }
        let question = Question(
            principalType: principal.type, principal: principal.id, roles: (request["roles"]?.arrayValue ?? []).compactMap(\.stringValue),
            action: action, resourceType: resource.type, resource: resource.id, context: request["context"]?.objectValue ?? [:],
            input: request["input"] ?? [:], time: .distantPast)
        self.question = question
        history = try Self.history(request["history"], of: question, "\(path).request.history", name)
    }

    private static func history(
        _ json: JSONValue?, of question: Question, _ path: String, _ name: String
    ) throws(BundleProblems) -> TestHistory {
        guard let json else { return TestHistory([]) }
        guard let list = json.arrayValue, list.count <= TestHistory.countMax else {
            throw fault(path, "must be a list of at most \(TestHistory.countMax) earlier requests", test: name)
        }
        var earlier: [TestHistory.Earlier] = []
        for (index, one) in list.enumerated() {
            let place = "\(path)[\(index)]"
            guard one.objectValue != nil else { throw fault(place, "must be an object", test: name) }
            guard let seconds = one["ago"]?.stringValue.flatMap(Gate.seconds) else {
                throw fault("\(place).ago", "says how long before: 30s, 20m, 3h or 1d", test: name)
            }
            var outcome: TestHistory.Outcome?
            if let word = one["outcome"] {
                guard let known = word.stringValue.flatMap(TestHistory.Outcome.init(rawValue:)) else {
                    let words = TestHistory.Outcome.allCases.map(\.rawValue).joined(separator: ", ")
                    throw fault("\(place).outcome", "must be one of \(words)", test: name)
                }
                outcome = known
            }
            var asked = question
            if let action = one["action"]?.stringValue { asked.action = action }
            if let input = one["input"] { asked.input = input }
            if let context = one["context"]?.objectValue { asked.context = context }
            if one["principal"] != nil { (asked.principalType, asked.principal) = try entity(one["principal"], "\(place).principal", name) }
            if one["resource"] != nil { (asked.resourceType, asked.resource) = try entity(one["resource"], "\(place).resource", name) }
            if let roles = one["roles"]?.arrayValue { asked.roles = roles.compactMap(\.stringValue) }
            earlier.append(
                TestHistory.Earlier(
                    question: asked, secondsAgo: TimeInterval(seconds), outcome: outcome, output: one["output"] ?? [:]))
        }
        return TestHistory(earlier)
    }

    private static func entity(_ json: JSONValue?, _ path: String, _ name: String) throws(BundleProblems) -> (type: String, id: String) {
        guard let type = json?["type"]?.stringValue, let id = json?["id"]?.stringValue, !type.isEmpty else {
            throw fault(path, "must be {\"type\": …, \"id\": …}", test: name)
        }
        return (type, id)
    }

    private static func fault(_ path: String, _ message: String, test: String = "") -> BundleProblems {
        let name = test.isEmpty ? "" : " (\(test))"
        return BundleProblems(problems: [
            BundleProblem(
                source: .tests, line: 0, column: 0, message: "\(path)\(name) \(message)", fix: "see the shape of a test in the documentation")
        ])
    }

    // MARK: Running

    func run(on bundle: CompiledBundle, at time: Date) -> BundleTestResult {
        let expected = Self.words(verdict, determining)
        do throws(InputFault) {
            let judgement = try judgement(of: bundle, at: time)
            let found = Set(judgement.determining.map(\.description))
            let passed = judgement.verdict == verdict && determining.map { $0 == found } ?? true
            return BundleTestResult(name: name, passed: passed, expected: expected, found: Self.words(judgement.verdict, found))
        } catch {
            return BundleTestResult(name: name, passed: false, expected: expected, found: "\(error.field): \(error.message)")
        }
    }

    private func judgement(of bundle: CompiledBundle, at time: Date) throws(InputFault) -> Judgement {
        var asked = question
        asked.time = time
        try history.tell(&asked, under: bundle, at: time)
        let judge = Judge(bundle: bundle)
        let first = try judge.judge(asked)
        guard !approvals.isEmpty else { return first }
        asked.grants = approvals.map {
            ApprovalGrant(
                role: $0.role, approver: $0.approver, task: Self.standInTask, enforcedIdentity: first.enforcedIdentity,
                expires: time.addingTimeInterval(60))
        }
        return try judge.judge(asked)
    }

    private static func words(_ verdict: Verdict, _ determining: Set<String>?) -> String {
        guard let determining, !determining.isEmpty else { return verdict.word }
        return "\(verdict.word) by \(determining.sorted().joined(separator: ", "))"
    }
}
