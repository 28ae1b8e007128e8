internal import FoundationEssentials
internal import JSON

/// policy-bench decide WORKLOAD ROUNDS: what is decided, and the time that each decision takes.
/// policy-bench publish WORKLOAD ROUNDS: the time that the policies take from text to index, without validation and with it.
/// policy-bench session WORKLOAD: the events of a session under session rules.
/// policy-bench corpus FOLDER: parses each case of Cedar's corpus and decides its requests.
@main
struct PolicyBench {
    static func main() throws {
        let arguments = CommandLine.arguments
        switch (arguments.dropFirst().first, arguments.count) {
        case ("decide", 4): print(try DecisionBench(path: arguments[2]).run(rounds: Int(arguments[3]) ?? 1).encodedString())
        case ("publish", 4): print(try PublishBench(path: arguments[2]).run(rounds: Int(arguments[3]) ?? 1).encodedString())
        case ("session", 3): print(try SessionBench(path: arguments[2]).run().encodedString())
        case ("corpus", 3): print(try CorpusBench(root: URL(fileURLWithPath: arguments[2])).run().encodedString())
        default:
            print("policy-bench decide WORKLOAD ROUNDS | publish WORKLOAD ROUNDS | session WORKLOAD | corpus FOLDER")
            throw Usage()
        }
    }

    struct Usage: Error {}
}

extension Duration {
    var microseconds: Double { Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12 }
}
