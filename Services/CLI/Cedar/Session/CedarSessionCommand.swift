internal import ArgumentParser
internal import Cedar
internal import JSON
internal import SessionRules

/// `provable cedar session`: what policies with `temporal` blocks decide in the course of one session.
struct CedarSessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Run policies with session rules over a file of events.",
        discussion: """
            Events are JSON, a line each, in the order in which they happened:
            {"time": 60, "principal": "User::\\"ann\\"", "action": "Action::\\"pay\\"", "resource": "Shop::\\"s\\"", "input": {"amount": 5}, "id": "r1"}
            {"time": 61, "action": "Action::\\"pay\\"", "kind": "response", "input": {"amount": 5}, "output": {"ok": true}}
            {"time": 62, "settle": "r1"}, or {"time": 62, "cancel": "r1"}
            """)

    @Option(name: .shortAndLong, help: "File with policies, their temporal blocks and macros; the standard input where it is not given.")
    var policies: String?

    @Option(help: "File with the events, a line of JSON each.")
    var events: String?

    @Option(help: "File with an event schema, or the name of one that is built in: standard, dogwood.")
    var eventSchema = "standard"

    @Option(help: "File with entities, for policies that look at groups or attributes.")
    var entities: String?

    @Flag(name: .shortAndLong, help: "Say for each decision what every rule came to.")
    var verbose = false

    @Flag(help: "Print the policies with their temporal blocks replaced, and end.")
    var plain = false

    @Flag(help: ArgumentHelp("Answer questions from the standard input, a line of JSON each.", visibility: .hidden))
    var serve = false

    private static let limits = JSONLimits(size: 256 << 20, depth: 64)

    func run() throws {
        if serve { return answerQuestions() }
        let rules = try read()
        if plain { return print(rules.plainText) }
        guard let events else { throw ValidationError("name a file of events with --events") }
        let known = try entities.map { try Entities(json: CedarDocument.json($0)) } ?? .none
        var replay = SessionReplay(rules: rules, entities: known, tells: verbose)
        var (count, decided, allowed) = (0, 0, 0)
        for (index, line) in try CedarDocument.text(events).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 != " " && $0 != "\r" }) else { continue }
            count += 1
            do {
                guard let verdict = try replay.run(ReplayedEvent(json: JSONValue(parsing: String(line)))) else { continue }
                decided += 1
                allowed += verdict.response.decision == .allow ? 1 : 0
                tell(verdict, rules)
            } catch {
                throw CedarFailure("\(events), line \(index + 1): \(error)")
            }
        }
        print("\(count) events, \(decided) decided, \(allowed) allowed")
    }

    private func read() throws -> SessionRuleSet {
        do {
            let builtIn = ["standard", "dogwood"].contains(eventSchema)
            let schema = try EventSchema(named: builtIn ? eventSchema : CedarDocument.text(eventSchema))
            let rules = try SessionRuleSet(parsing: CedarDocument.text(policies), schema: schema)
            for finding in rules.findings() { complain("\(policies ?? "the input"): \(finding)") }
            return rules
        } catch let error as RuleSyntaxError {
            throw CedarFailure(error.diagnostics.map { "\(policies ?? "the input"): \($0)" }.joined(separator: "\n"))
        }
    }

    private func tell(_ verdict: SessionReplay.Verdict, _ rules: SessionRuleSet) {
        let decision = verdict.response.decision == .allow ? "ALLOW" : "DENY"
        let why = verdict.response.reasons.map(\.description).joined(separator: ", ")
        print("\(Self.seconds(verdict.seconds)) #\(verdict.timepoint) \(decision) \(verdict.request): \(why.isEmpty ? "no policy permits it" : why)")
        for error in verdict.response.errors { print("  \(error.policy) could not be evaluated: \(error.error)") }
        guard verbose else { return }
        for answer in verdict.answer.rules {
            let rule = rules.rules[answer.index]
            let numbers = answer.aggregates.map { "\($0.value)" }.joined(separator: ", ")
            let came = numbers.isEmpty ? "" : ", counted \(numbers)"
            print("  \(rule.policy), line \(rule.line): \(answer.holds ? "holds" : "does not hold")\(came)")
        }
    }

    /// Without a fraction where there is none.
    private static func seconds(_ value: Double) -> String { value == value.rounded() && value.magnitude < 9e15 ? "\(Int64(value))s" : "\(value)s" }

    private func answerQuestions() {
        while let line = readLine() {
            let answer: JSONValue
            do throws(JSONError) {
                answer = SessionQuestion(json: try JSONValue(parsing: line, limits: Self.limits)).answer()
            } catch {
                answer = ["refused": "question", "message": .string(error.description)]
            }
            print(answer.encodedString())
        }
    }
}
