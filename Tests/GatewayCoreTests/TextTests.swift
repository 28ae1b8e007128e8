import GatewayCore
import Testing

@Suite struct TimestampTests {
    static let known: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00.000Z"), (1_795_412_400_123_456, "2026-11-23T05:40:00.123Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
        (4_107_542_399_999_999, "2100-02-28T23:59:59.999Z"), (-1_000, "1969-12-31T23:59:59.999Z"),
    ]

    @Test(arguments: known) func timesAreWritten(micros: Int64, text: String) { #expect(Timestamp(micros: micros).text == text) }

    @Test func timesAreRead() {
        #expect(Timestamp(text: "2026-11-23T05:40:00.123456Z")?.micros == 1_795_412_400_123_456)
        #expect(Timestamp(text: "2026-11-23T05:40:00.5Z")?.micros == 1_795_412_400_500_000)
        #expect(Timestamp(text: "2026-11-23T05:40:00Z")?.micros == 1_795_412_400_000_000)
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-11-23T05:40:00", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T05:40:00.Z",
        "2026-11-23T05:40:00Zx", "2026-11-23T06:40:00+01:00", "٢٠26-11-23T05:40:00Z", "2026-11-23T05:40:00.1234567Z",
    ])
    func otherTextsAreNoTime(text: String) { #expect(Timestamp(text: text) == nil) }

    @Test func everyDayIsReadBackAsItWasWritten() {
        for day in stride(from: Int64(0), to: 80_000, by: 13) {
            let micros = day * 86_400_000_000 + 45_296_789_000
            #expect(Timestamp(text: Timestamp(micros: micros).text)?.micros == micros)
        }
    }
}

@Suite struct AssetRulesTests {
    @Test func onlyHashedNamesAreKeptForLong() {
        for name in ["main-6GG6RFMX.css", "icon-ee0534aa.svg"] { #expect(AssetRules.cacheControl(of: name).contains("immutable"), "\(name)") }
        for name in ["icon.svg", "main-latest.js", "page-provable.js", ""] { #expect(AssetRules.cacheControl(of: name) == "no-cache", "\(name)") }
    }

    @Test func theBestEncodingThatIsTakenIsSent() {
        #expect(AssetRules.encoding(accepting: "gzip, deflate, br", available: ["br", "gzip"]) == "br")
        #expect(AssetRules.encoding(accepting: "gzip;q=1.0, br;q=0", available: ["br", "gzip"]) == "gzip")
        #expect(AssetRules.encoding(accepting: "", available: ["br"]) == nil)
        #expect(AssetRules.encoding(accepting: "br", available: []) == nil)
        #expect(AssetRules.encoding(accepting: "*", available: ["gzip"]) == "gzip")
    }

    @Test func filesThatThePageHasNotAreNotServed() { #expect(AssetRules.mediaType(of: "main.js.map") == nil) }
}

@Suite struct SecurityHeadersTests {
    @Test func nothingInlineIsAllowedAndTLSIsInsistedOnOutsideDevelopment() {
        for (_, value) in SecurityHeaders.all(isDevelopment: false) { #expect(!value.contains("unsafe")) }
        #expect(SecurityHeaders.all(isDevelopment: false).contains { $0.name == "strict-transport-security" })
        #expect(!SecurityHeaders.all(isDevelopment: true).contains { $0.name == "strict-transport-security" })
    }
}

@Suite struct ServerSentEventTests {
    @Test func anEventHasOneLinePerLineOfData() {
        #expect(ServerSentEvent.text(id: 7, kind: "run.started", data: "a\r\nb\nc") == "id: 7\nevent: run.started\ndata: a\ndata: b\ndata: c\n\n")
    }

    @Test func aKindCannotAddAField() {
        #expect(ServerSentEvent.text(id: 7, kind: "a\nid: 9", data: "").hasPrefix("id: 7\nevent: aid: 9\n"))
    }

    @Test(arguments: ["x", "-1", "1.5", "18446744073709551615"])
    func aForeignPositionIsRefusedByName(id: String) {
        #expect {
            try ServerSentEvent.position(lastEventID: id)
        } throws: {
            ($0 as? Problem)?.errors.first?.field == "Last-Event-ID"
        }
    }
}
