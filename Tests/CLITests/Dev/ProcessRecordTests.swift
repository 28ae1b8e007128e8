import FoundationEssentials
import Glibc
import Testing

@testable import provable

/// Nothing may be stopped that this platform did not start.
@Suite struct ProcessRecordTests {
    func layout() throws -> DevLayout {
        let folder = "/tmp/provable-test-\(UUID().uuidString.lowercased())"
        let layout = try DevLayout(state: folder, checkout: "/", portOffset: 30_000)
        try layout.prepare()
        return layout
    }

    @Test func aRecordIsReadAsItWasWritten() throws {
        let own = try #require(ProcessRecord(running: getpid()))
        #expect(own.isRunning)
        #expect(ProcessRecord(text: own.text) == own)
        #expect(ProcessRecord(text: "") == nil)
        #expect(ProcessRecord(text: "12 x boot") == nil)
    }

    @Test func anIdThatWasGivenToAnotherProcessIsNotOurs() throws {
        let own = try #require(ProcessRecord(running: getpid()))
        let earlier = try #require(ProcessRecord(text: "\(own.id) \(own.startTicks - 1) \(own.boot)"))
        let otherBoot = try #require(ProcessRecord(text: "\(own.id) \(own.startTicks) 00000000-0000-0000-0000-000000000000"))
        #expect(!earlier.isRunning)
        #expect(!otherBoot.isRunning)
    }

    @Test func stoppingEndsWhatWasStartedAndNothingElse() async throws {
        let layout = try layout()
        defer { try? FileManager.default.removeItem(atPath: layout.state) }
        let table = ProcessTable(layout: layout)
        try table.start("ours", ["sleep", "600"])
        let stranger = try ChildProcess.detach(["sleep", "600"], log: layout.log("stranger"))
        let record = try #require(ProcessRecord(running: stranger))
        try layout.write("\(stranger) \(record.startTicks + 1) \(record.boot)\n", to: "pids/stranger")
        let ours = try #require(table.running("ours"))
        #expect(try await table.stop("ours"))
        #expect(!ours.isRunning)
        #expect(try await !table.stop("stranger"))
        #expect(record.isRunning)
        kill(stranger, SIGKILL)
        #expect(try await !table.stop("never"))
    }

    @Test func aChildHasNoSignalBlockedAndItsOutputIsKept() async throws {
        let outcome = try await ChildProcess.run(["sh", "-c", "grep SigBlk /proc/self/status; echo $NEW; exit 3"], adding: ["NEW": "told"])
        #expect(outcome.status == 3)
        #expect(outcome.output.contains("SigBlk:\t0000000000000000"))
        #expect(outcome.lastLine == "told")
    }
}
