internal import ArgumentParser
internal import Foundation
internal import Wire

/// The files of a bundle.
struct BundleArguments: ParsableArguments {
    @Argument(help: "A file of Cedar policies.")
    var policies: String

    @Option(help: "A file of entities in Cedar's JSON.")
    var entities: String?

    @Option(help: "A Cedar schema, in either syntax.")
    var schema: String?

    @Option(help: "A file of tests: a JSON list of {name, request, expect}.")
    var tests: String?

    @Option(help: "The bundle's name; that of the file where none is given.")
    var name: String?

    @Option(help: "Nothing is permitted from then on, for example 2027-01-01T00:00:00Z.")
    var expires: String?

    func content() throws -> PolicyGovernanceV1.BundleContent {
        var micros: Int64 = 0
        if let expires {
            guard let time = try? Date(expires, strategy: .iso8601) else {
                throw ValidationError("--expires must be a time such as 2027-01-01T00:00:00Z")
            }
            micros = Int64(time.timeIntervalSince1970) * 1_000_000
        }
        let file = URL(fileURLWithPath: policies).deletingPathExtension().lastPathComponent
        return PolicyGovernanceV1.BundleContent(
            name: name ?? file, policies: String(decoding: try Self.bytes(policies), as: UTF8.self), entitiesJSON: try Self.bytes(entities),
            schema: String(decoding: try Self.bytes(schema), as: UTF8.self), testsJSON: try Self.bytes(tests), expiresMicros: micros)
    }

    private static func bytes(_ path: String?) throws -> [UInt8] {
        guard let path else { return [] }
        do { return Array(try Data(contentsOf: URL(fileURLWithPath: path))) } catch { throw PolicyFailure("\(path) cannot be read") }
    }

    /// What was found, in lines; where there is a problem the command fails.
    static func show(_ problems: [PolicyV1.PolicyProblem], _ results: [PolicyGovernanceV1.TestResult]) throws {
        for result in results where !result.passed { print("FAILED   \(result.name): expected \(result.expected), found \(result.found)") }
        for problem in problems {
            let place = problem.line > 0 ? "\(problem.source):\(problem.line):\(problem.column)" : problem.source
            let policy = problem.policyID.isEmpty ? "" : " [\(problem.policyID)]"
            print("\(place)\(policy): \(problem.message)" + (problem.fix.isEmpty ? "" : "\n    fix: \(problem.fix)"))
        }
        if !results.isEmpty { print("\(results.count) tests, \(results.count { !$0.passed }) failed") }
        guard problems.isEmpty else {
            print("refused: \(problems.count) problems")
            throw ExitCode.failure
        }
    }
}
