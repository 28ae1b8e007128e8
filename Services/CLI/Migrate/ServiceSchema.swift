internal import FoundationEssentials
internal import Identity
internal import JSON

/// The schema of one service, by way of the service's executable, which stands beside this command.
struct ServiceSchema {
    struct Step {
        let service: ServiceName
        let component: String
        let number: Int64
        let name: String
        let checksum: String
        let state: String
    }

    let service: ServiceName
    private let executable: String
    private let config: String
    private let environment: [String: String]

    init(service: ServiceName, config: String, password: String?) throws {
        guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            throw DevFailure("cannot find this command's own file under /proc")
        }
        executable = own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/provable-\(service)"
        guard FileManager.default.isExecutableFile(atPath: executable) else { throw DevFailure("\(executable) is missing") }
        guard FileManager.default.fileExists(atPath: config) else { throw DevFailure("\(config) is missing") }
        self.service = service
        // The executable is started in another folder.
        self.config = config.hasPrefix("/") ? config : "\(FileManager.default.currentDirectoryPath)/\(config)"
        environment = password.map { ["PROVABLE_POSTGRES_OWNER_PASSWORD": $0] } ?? [:]
    }

    func steps() async throws -> [Step] {
        let outcome = try await ChildProcess.run([executable, "--config", config, "--migrations"], adding: environment)
        // 2 says that some steps were not run.
        guard [0, 2].contains(outcome.status), let steps = (try? JSONValue(parsing: outcome.lastLine))?.arrayValue else {
            throw DevFailure("cannot ask for the schema of \(service): \(outcome.output)")
        }
        return steps.map {
            Step(
                service: service, component: $0["component"]?.stringValue ?? "", number: $0["number"]?.intValue ?? 0,
                name: $0["name"]?.stringValue ?? "", checksum: $0["checksum"]?.stringValue ?? "", state: $0["state"]?.stringValue ?? "")
        }
    }

    /// What was done, in a line.
    func migrate() async throws -> String {
        let outcome = try await ChildProcess.run([executable, "--config", config, "--migrate"], adding: environment)
        guard outcome.status == 0 else { throw DevFailure("cannot migrate the database of \(service): \(outcome.output)") }
        return outcome.output.split(separator: "\n").joined(separator: ", ")
    }
}

enum SchemaTable {
    /// Columns of text, as wide as they must be.
    static func text(_ steps: [ServiceSchema.Step]) -> String {
        let rows =
            [["SERVICE", "COMPONENT", "STEP", "NAME", "CHECKSUM", "STATE"]]
            + steps.map { [$0.service.rawValue, $0.component, "\($0.number)", $0.name, String($0.checksum.prefix(12)), $0.state] }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ").trimmed
        }.joined(separator: "\n")
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
