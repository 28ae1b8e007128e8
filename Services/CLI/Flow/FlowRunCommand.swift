internal import ArgumentParser
internal import FlowEngineCore
internal import FlowImporting
internal import FoundationEssentials
internal import JSON

/// `provable flow run FILE --mock MOCK.json`: one run in memory, with answers that were written down.
struct FlowRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Try a flow with written-down answers, without a server.",
        discussion: """
            The answers are {"trigger": …, "nodes": {NODE: ANSWER}}. A call is answered by {"output": …} or {"error": {"class", "message", \
            "retryable"}}, an approval by {"decision": "approve"}, a task by {"answer": …}, a wait by {"event": …}, a sub-flow like a call; \
            {"timeout": true} answers nothing, {"denied": true} is a denial by policy, "after" says how much later. A list answers visit by visit. \
            Timers fire at once. Prints the steps with their ports and outputs; succeeds where the run does.
            """)

    @Argument(help: "The document.")
    var file: String

    @Option(name: .long, help: "The answers, JSON or YAML.")
    var mock: String

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() throws {
        let reading = FlowParser.parse(try FlowFile(file).source().value, engine: .everything, requirements: .draft)
        guard let document = reading.document else {
            for problem in reading.problems where problem.severity == .error { complain("\(problem)") }
            throw FlowFault("\(file) is not valid; see provable flow validate \(file)")
        }
        let answers: TrialAnswers
        let source = try FlowFile(mock).source().value
        do throws(TrialAnswers.Malformed) { answers = try TrialAnswers(source, for: document) } catch { throw FlowFault("\(mock): \(error)") }
        let result = Trial.run(document, answers, from: Date(timeIntervalSince1970: 0))
        if json { print(Self.machineReadable(result).encodedString()) } else { Self.tell(result) }
        guard result.closing?.state == .succeeded else { throw ExitCode.failure }
    }

    private static func tell(_ result: Trial.Result) {
        for step in result.steps {
            let record = step.record
            let port = record.port.isEmpty ? record.state.rawValue : record.port
            let left = record.error.isEmpty ? record.output.isNull ? "" : " \(record.output.encodedString())" : " (\(record.error))"
            print("+\(step.elapsed) \(record.seq) \(record.node) (\(record.type)) -> \(port)\(left)")
        }
        for remark in result.remarks { print(remark) }
        guard let closing = result.closing else { return print("the run is not over") }
        let message = closing.message.isEmpty ? "" : ": \(closing.message)"
        let output = closing.output.isNull ? "" : " \(closing.output.encodedString())"
        print("\(closing.state.rawValue) (\(closing.outcome))\(message)\(output)")
    }

    private static func machineReadable(_ result: Trial.Result) -> JSONValue {
        let steps = result.steps.map { step -> JSONValue in
            [
                "seq": .int(Int64(step.record.seq)), "node": .string(step.record.node), "type": .string(step.record.type),
                "state": .string(step.record.state.rawValue), "port": .string(step.record.port), "output": step.record.output,
                "error": .string(step.record.error), "elapsed_ms": .int(step.elapsed.milliseconds),
            ]
        }
        var made: JSONObject = ["steps": .array(steps), "remarks": .array(result.remarks.map(JSONValue.string))]
        if let closing = result.closing {
            made["state"] = .string(closing.state.rawValue)
            made["outcome"] = .string(closing.outcome)
            made["message"] = .string(closing.message)
            made["output"] = closing.output
        }
        return .object(made)
    }
}
