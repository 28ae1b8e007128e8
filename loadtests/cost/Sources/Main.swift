/// Runs one load so many times, for whoever counts its instructions: provable-cost LOAD TIMES
@main
struct Main {
    static func main() throws {
        let words = CommandLine.arguments
        guard words.count == 3, let load = Load(rawValue: words[1]), let times = Int(words[2]), times > 0 else {
            throw CostError("usage: provable-cost \(Load.allCases.map(\.rawValue).joined(separator: "|")) TIMES")
        }
        try MainThreadJobs.takeOver()
        try load.run(times)
    }
}
