internal import ArgumentParser
internal import FoundationEssentials
internal import JSON
internal import Receipts

/// `provable verify FILE`: the verdict on a bundle, with no network.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify the bundle of a run, offline.",
        discussion: """
            Exit codes: 0 COVERED, 11 WITNESSED, 12 CHECKPOINTED, 13 LOGGED, 14 SIGNED, 20 REDACTED, 21 PURGED, 30 MISSING, \
            31 FORKED, 32 INVALID, 66 a file that cannot be read. With --at-least, a verdict of that level or a higher one is 0.
            """)

    @Argument(help: "The bundle, as the Receipts page or the API exports it.")
    var file: String

    @Option(help: "Pinned keys (a trust file). Without it the keys in the bundle are taken, and the report says so.")
    var trust: String?

    @Option(name: .customLong("at-least"), help: "The lowest level that counts as success: signed, logged, checkpointed, witnessed or covered.")
    var floor: Floor = .covered

    @Flag(help: "Print the report as JSON.")
    var json = false

    enum Floor: String, ExpressibleByArgument, CaseIterable {
        case signed, logged, checkpointed, witnessed, covered

        var level: ProofLevel {
            switch self {
            case .signed: .signed
            case .logged: .logged
            case .checkpointed: .checkpointed
            case .witnessed: .witnessed
            case .covered: .covered
            }
        }
    }

    func run() throws {
        let verdict = BundleVerifier(pinned: try pinned()).verify(try Self.read(file))
        if json {
            print(verdict.json.encodedString())
        } else {
            print(VerdictReport(verdict).text)
        }
        if case .level(let level) = verdict.outcome, level >= floor.level { return }
        throw ExitCode(verdict.outcome.exitCode)
    }

    private func pinned() throws -> TrustAnchors? {
        guard let trust else { return nil }
        do {
            return try TrustAnchors(json: JSONValue(parsing: Self.read(trust)))
        } catch let error as ExitCode {
            throw error
        } catch {
            complain("\(trust): \(error)")
            throw ExitCode(Self.unreadable)
        }
    }

    /// sysexits.h's EX_NOINPUT.
    private static let unreadable: Int32 = 66

    private static func read(_ path: String) throws -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            complain("\(path): cannot be read")
            throw ExitCode(unreadable)
        }
    }
}
