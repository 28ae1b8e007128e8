import ArgumentParser
import FoundationEssentials
import Testing

@testable import provable

@Suite struct QueueCommandTests {
    @Test func anIDIsAMessagesOrAWakesAndNothingElse() throws {
        let uuid = "01a20811-c40e-7b4a-9a91-017e75b7eb50"
        #expect(QueueItem.ID(uuid) == UUID(uuidString: uuid).map { .message($0) })
        #expect(QueueItem.ID("{platform}:flow-engine:runs/1700000000000-3") == .wake(stream: "{platform}:flow-engine:runs", entry: "1700000000000-3"))
        for text in ["", "x", "/1-0", "stream/x", "01a20811"] { #expect(QueueItem.ID(text) == nil) }
        #expect(QueueItem.service(ofStream: "{platform}:flow-engine:runs") == "flow-engine")
        #expect(QueueItem.service(ofStream: "other") == "")
    }

    @Test func columnsAreAsWideAsTheirWidestCell() {
        var table = QueueTable(header: ["A", "LONG"])
        table.rows = [["wide", "x"], ["y", ""]]
        #expect(table.text == "A     LONG\nwide  x\ny")
        #expect([5, 600, 20_000, 400_000].map(QueueTable.age) == ["5 s", "10 min", "5 h", "4 d"])
        #expect(QueueTable.line("a\nb") == "a b")
        #expect(QueueTable.line(String(repeating: "x", count: 200)).count == 100)
    }

    @Test func aWrongURLSaysWhatIsWrongAndNotThePassword() {
        func complaint(_ text: String) -> String {
            do {
                let url = try StoreURL(text, for: "--postgres")
                if url.scheme.hasPrefix("redis") { _ = try url.redis() } else { _ = try url.postgres() }
                return ""
            } catch { return "\(error)" }
        }
        #expect(complaint("postgres://finops_system:hush@db:5432/provable_finops?sslrootcert=/ca.pem") == "")
        #expect(complaint("rediss://admin:hush@redis:6379?sslrootcert=/ca.pem") == "")
        let wrong = [
            "nonsense": "is no URL", "mysql://a:hush@db/provable_finops": "begins with postgres://",
            "postgres://a:hush@db/other": "must be that of a service",
            "postgres://db/provable_finops": "lacks the user", "rediss://a:hush@redis": "needs ?sslrootcert=FILE",
        ]
        for (text, words) in wrong {
            #expect(complaint(text).contains(words), "\(text)")
            #expect(!complaint(text).contains("hush"))
        }
    }

    @Test func replayingNeedsOneIDOrAWholeDestination() throws {
        #expect(throws: (any Error).self) { try QueueReplayCommand.parse([]) }
        #expect(throws: (any Error).self) { try QueueReplayCommand.parse(["--all"]) }
        #expect(throws: (any Error).self) { try QueueReplayCommand.parse(["x", "--all", "--destination", "ledger"]) }
        #expect(throws: (any Error).self) { try QueueReplayCommand.parse(["x", "--destination", "ledger"]) }
        #expect(try QueueReplayCommand.parse(["--all", "--destination", "ledger"]).destination == "ledger")
        #expect(try QueueReplayCommand.parse(["x", "--as", "omar"]).actor.principal == "operator:omar")
        #expect(throws: (any Error).self) { try QueueDropCommand.parse(["x"]) }
        #expect(throws: (any Error).self) { try QueueDropCommand.parse(["x", "--reason", ""]) }
    }

    @Test func aServiceReachesItsOwnKeysOnly() {
        let line = DevRedis.user("finops", password: "p")
        #expect(line.hasPrefix("user finops on >p ~{*}:finops:* resetchannels -@all "))
        #expect(line.hasSuffix("-@admin -@dangerous"))
    }
}
