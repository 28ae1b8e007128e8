public import FoundationEssentials
public import JSON

/// What the server is to do with an answer beyond sending it.
public struct StubReply: Sendable {
    public var response: StubResponse
    public var delayMillis: Int
    public var isTruncated: Bool

    init(_ response: StubResponse, delayMillis: Int = 0, isTruncated: Bool = false) {
        self.response = response
        self.delayMillis = delayMillis
        self.isTruncated = isTruncated
    }
}

/// All vendors behind one address, each under its own prefix, and what a test needs to steer and to judge them. Pure: the time of each
/// request is handed in.
public struct StubWorld: Sendable {
    private var github = GitHubStub()
    private var slack = SlackStub()
    private var jira = JiraStub()
    private var changes = ChangesStub()
    public private(set) var journal = EffectJournal()
    private var faults = FaultPlan()

    public init() {}

    public mutating func handle(_ request: StubRequest, at now: Date) -> StubReply {
        switch request.path.first {
        case "_admin": StubReply(administer(request))
        case GitHubStub.name: call(\.github, request, now)
        case SlackStub.name: call(\.slack, request, now)
        case JiraStub.name: call(\.jira, request, now)
        case ChangesStub.name: call(\.changes, request, now)
        default: StubReply(StubResponse(404, ["message": "no vendor lives here: use /github, /slack, /jira or /changes"]))
        }
    }

    private mutating func call<Vendor: VendorStub>(
        _ place: WritableKeyPath<StubWorld, Vendor>, _ request: StubRequest, _ now: Date
    ) -> StubReply {
        var vendor = self[keyPath: place]
        let fault = faults.take(vendor: Vendor.name, method: request.method)
        switch fault?.kind {
        case .rateLimit: return StubReply(vendor.throttled(retryAfterSeconds: fault?.retryAfterSeconds ?? 1))
        case .serverError: return StubReply(StubResponse(500, ["message": "Server Error"]))
        case .serverErrorAfterEffect, .slow, .truncated, nil: break
        }
        let call = StubCall(request: request, path: Array(request.path.dropFirst()), base: "\(request.origin)/\(Vendor.name)", now: now)
        let response = vendor.handle(call, journal: &journal)
        self[keyPath: place] = vendor
        switch fault?.kind {
        case .serverErrorAfterEffect: return StubReply(StubResponse(502, ["message": "Bad Gateway"]))
        case .slow: return StubReply(response, delayMillis: fault?.delayMillis ?? 0)
        case .truncated: return StubReply(response, isTruncated: true)
        case .rateLimit, .serverError, nil: return StubReply(response)
        }
    }

    // MARK: Steering

    private mutating func administer(_ request: StubRequest) -> StubResponse {
        switch (request.method, request.path.dropFirst().first) {
        case ("GET", "health"): StubResponse(200, ["status": "ok"])
        case ("GET", "state"): StubResponse(200, state)
        case ("GET", "effects"): effects(request.query["marker"])
        case ("GET", "faults"): StubResponse(200, ["items": .array(faults.faults.map(\.json))])
        case ("POST", "faults"): addFault(request)
        case ("DELETE", "faults"): change { $0.faults = FaultPlan() }
        case ("POST", "reset"): change { $0 = StubWorld() }
        default: StubResponse(404, ["message": "use /_admin/state, effects, faults, reset or health"])
        }
    }

    private mutating func change(_ body: (inout StubWorld) -> Void) -> StubResponse {
        body(&self)
        return StubResponse(204, nil)
    }

    private mutating func addFault(_ request: StubRequest) -> StubResponse {
        guard let json = try? JSONValue(parsing: request.body), let fault = Fault(json) else {
            let kinds = Fault.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            return StubResponse(400, ["message": .string("send {vendor, kind, count, delay_ms, retry_after_s, method}; kind is one of \(kinds)")])
        }
        guard faults.add(fault) else { return StubResponse(429, ["message": "\(FaultPlan.limit) faults are planned already"]) }
        return StubResponse(201, fault.json)
    }

    private func effects(_ marker: String?) -> StubResponse {
        let chosen = journal.effects.filter { marker == nil || $0.marker == marker }
        let doubled: [JSONValue] = journal.doubled.map { ["marker": .string($0.marker), "verb": .string($0.verb), "count": .int(Int64($0.count))] }
        return StubResponse(200, ["items": .array(chosen.map(\.json)), "doubled": .array(doubled)])
    }

    public var state: JSONValue {
        ["github": github.state, "slack": slack.state, "jira": jira.state, "changes": changes.state]
    }
}
