internal import FoundationEssentials
internal import Glibc

/// The processes of one platform, one file each under `pids/`.
struct ProcessTable: Sendable {
    let layout: DevLayout

    func running(_ name: String) -> ProcessRecord? {
        guard let record = layout.read("pids/\(name)").flatMap({ ProcessRecord(text: $0) }), record.isRunning else { return nil }
        return record
    }

    func remember(_ name: String, _ id: Int32) throws {
        guard let record = ProcessRecord(running: id) else {
            throw DevFailure("\(name) ended at once: \(lastLogLine(name))")
        }
        try layout.write(record.text, to: "pids/\(name)")
    }

    func start(_ name: String, _ arguments: [String], adding environment: [String: String] = [:], log: String? = nil) throws {
        try remember(name, ChildProcess.detach(arguments, adding: environment, log: layout.log(log ?? name)))
    }

    /// The process that had the second name has the first from now on.
    func rename(_ name: String, to newName: String) throws {
        guard let record = running(name) else { throw DevFailure("\(name) ended: \(lastLogLine(newName))") }
        try layout.write(record.text, to: "pids/\(newName)")
        unlink(layout.path("pids/\(name)"))
    }

    /// Asks, waits, and at last insists. Returns whether anything was running.
    @discardableResult
    func stop(_ name: String, signal: Int32 = SIGTERM, patience: Duration = .seconds(15)) async throws -> Bool {
        defer { unlink(layout.path("pids/\(name)")) }
        guard let record = running(name) else { return false }
        record.signal(signal)
        let deadline = ContinuousClock.now + patience
        while record.isRunning, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(30)) }
        if record.isRunning {
            record.signal(SIGKILL)
            while record.isRunning { try await Task.sleep(for: .milliseconds(30)) }
        }
        return true
    }

    /// For a message: why something may have ended.
    func lastLogLine(_ name: String) -> String {
        let text = (try? String(contentsOf: URL(filePath: layout.log(name)), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").last.map(String.init) ?? "see \(layout.log(name))"
    }
}
