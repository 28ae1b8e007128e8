import Foundation
import Testing
import WireRuntime

/// The bytes of one value of every message, as they were when they were written down. Two builds that disagree about them could not
/// talk to each other while one replaces the other.
///
/// Where a message has grown, write them anew: `PROVABLE_GOLDEN=write swift test --filter GoldenTests`, and look at the difference:
/// lines may come and grow, and no field may change its number or its type.
@Suite struct GoldenTests {
    static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/messages.txt")

    private static func bytes<Ours: OracleMessage>(_: Ours.Type) -> [UInt8] {
        var sampler = Sampler.counting()
        return Ours.sample(&sampler).encodedBytes()
    }

    private static func line(_ one: OracleCase) -> String {
        "\(one.testDescription) \(bytes(one.type).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())"
    }

    @Test func everyMessageIsWrittenAsItAlwaysWas() throws {
        let now = oracleCases.map(Self.line)
        if ProcessInfo.processInfo.environment["PROVABLE_GOLDEN"] == "write" {
            try Data((now.joined(separator: "\n") + "\n").utf8).write(to: Self.file)
        }
        let golden = try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n").map(String.init)
        for (before, after) in zip(golden, now) where before != after {
            Issue.record("another encoding than before; see GoldenTests\n  before \(before)\n  now    \(after)")
        }
        #expect(golden.count == now.count, "messages have come or gone; see GoldenTests")
    }

    /// A reader of today takes what was written then.
    @Test func whatWasWrittenThenIsReadNow() throws {
        let golden = try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n").map { $0.split(separator: " ") }
        let types = Dictionary(uniqueKeysWithValues: oracleCases.map { ($0.testDescription, $0.type) })
        for line in golden where line.count == 2 {
            let digits = Array(line[1].utf8)
            let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) }
            guard let type = types[String(line[0])] else { continue }
            let message = try type.init(decodingBytes: bytes)
            #expect(message.encodedBytes() == bytes, "\(line[0])")
        }
    }
}
