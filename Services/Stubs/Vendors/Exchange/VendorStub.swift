internal import FoundationEssentials
internal import JSON

/// One request to one vendor, with what the vendor would know besides.
struct StubCall {
    let request: StubRequest
    /// Below the vendor's own prefix.
    let path: [String]
    /// The vendor's own address, such as `http://127.0.0.1:7301/github`.
    let base: String
    let now: Date

    var timestamp: String { now.formatted(Date.ISO8601FormatStyle()) }
}

/// A vendor's API with its state.
protocol VendorStub {
    static var name: String { get }
    init()
    mutating func handle(_ call: StubCall, journal: inout EffectJournal) -> StubResponse
    /// What the vendor answers while it throttles its callers.
    func throttled(retryAfterSeconds: Int) -> StubResponse
    /// Everything it knows, for people and tests.
    var state: JSONValue { get }
}
