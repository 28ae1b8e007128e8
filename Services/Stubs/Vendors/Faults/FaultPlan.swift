public import JSON

/// A way in which a vendor fails, for a number of requests.
public struct Fault: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// 429 with Retry-After; nothing happens.
        case rateLimit = "rate-limit"
        /// 500; nothing happens.
        case serverError = "server-error"
        /// It happens, and the answer is 502.
        case serverErrorAfterEffect = "server-error-after-effect"
        /// It happens, and the answer comes late.
        case slow
        /// It happens, and the answer is cut in the middle of its JSON.
        case truncated
    }

    /// `github`, `slack`, `jira`, `changes`, or `*`.
    public var vendor: String
    public var kind: Kind
    /// Requests that it still hits.
    public var remaining: Int
    public var delayMillis: Int
    public var retryAfterSeconds: Int
    /// Only requests of this HTTP method; nil for all.
    public var method: String?

    public init(vendor: String, kind: Kind, count: Int = 1, delayMillis: Int = 2_000, retryAfterSeconds: Int = 1, method: String? = nil) {
        self.vendor = vendor
        self.kind = kind
        remaining = count
        self.delayMillis = delayMillis
        self.retryAfterSeconds = retryAfterSeconds
        self.method = method
    }

    /// Nil where a member is unknown or out of range.
    public init?(_ json: JSONValue) {
        let known: Set = ["vendor", "kind", "count", "delay_ms", "retry_after_s", "method"]
        guard let object = json.objectValue, object.keys.allSatisfy(known.contains), let kind = object["kind"]?.stringValue.flatMap(Kind.init) else {
            return nil
        }
        let count = object["count"]?.intValue ?? 1
        let delay = object["delay_ms"]?.intValue ?? 2_000
        let retry = object["retry_after_s"]?.intValue ?? 1
        guard (1...1_000_000).contains(count), (0...120_000).contains(delay), (0...3_600).contains(retry) else { return nil }
        self.init(
            vendor: object["vendor"]?.stringValue ?? "*", kind: kind, count: Int(count), delayMillis: Int(delay), retryAfterSeconds: Int(retry),
            method: object["method"]?.stringValue)
    }

    public var json: JSONValue {
        [
            "vendor": .string(vendor), "kind": .string(kind.rawValue), "remaining": .int(Int64(remaining)), "delay_ms": .int(Int64(delayMillis)),
            "retry_after_s": .int(Int64(retryAfterSeconds)), "method": method.map { .string($0) } ?? .null,
        ]
    }
}

/// The faults that are still to come, oldest first.
struct FaultPlan: Sendable {
    static let limit = 64
    private(set) var faults: [Fault] = []

    /// False where there are too many already.
    mutating func add(_ fault: Fault) -> Bool {
        guard faults.count < Self.limit else { return false }
        faults.append(fault)
        return true
    }

    /// The fault that hits this request, counted down.
    mutating func take(vendor: String, method: String) -> Fault? {
        let hits: (Fault) -> Bool = { ($0.vendor == "*" || $0.vendor == vendor) && ($0.method == nil || $0.method == method) }
        guard let index = faults.firstIndex(where: hits) else { return nil }
        let fault = faults[index]
        faults[index].remaining -= 1
        if faults[index].remaining == 0 { faults.remove(at: index) }
        return fault
    }
}
