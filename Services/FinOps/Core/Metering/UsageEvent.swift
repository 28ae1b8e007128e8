public import FoundationEssentials
public import Identity
public import JSON

/// One measured use: counted exactly once by its producer's id.
public struct UsageEvent: Hashable, Sendable {
    public var id: UUID
    /// What is counted: `runs`, `steps`, `connector-calls`, `model-tokens`, …
    public var meter: String
    public var quantity: Int64
    public var cost: Money
    public var time: Date
    public var run: RunID?
    public var step: String
    /// Whose meter it is, for example the connector's name.
    public var service: String

    public init(id: UUID, meter: String, quantity: Int64, cost: Money, time: Date, run: RunID?, step: String, service: String) {
        self.id = id
        self.meter = meter
        self.quantity = quantity
        self.cost = cost
        self.time = time
        self.run = run
        self.step = step
        self.service = service
    }

    /// What makes two deliveries of one id the same event. An id that comes again with other content is a conflict, never an update.
    public var content: JSONValue {
        [
            "cost": ["currency": .string(cost.currency), "micros": .string(String(cost.micros))],
            "meter": .string(meter),
            "quantity": .string(String(quantity)),
            "run": run.map { .string($0.description) } ?? .null,
            "service": .string(service),
            "step": .string(step),
            "time": .string(String(time.micros)),
        ]
    }
}

extension UsageEvent {
    /// What is wrong with the event, as (field, problem, fix); nil where it may be counted.
    public var problem: UsageProblem? {
        if !Self.isName(meter) { return UsageProblem(field: "meter", message: "is not a meter's name", fix: "1 to 64 of a-z, 0-9, '.', '-'") }
        if !Self.isName(service) { return UsageProblem(field: "service", message: "is not a service's name", fix: "1 to 64 of a-z, 0-9, '.', '-'") }
        if quantity < 0 { return UsageProblem(field: "quantity", message: "is negative", fix: "send a correction event instead") }
        if cost.micros < 0 { return UsageProblem(field: "cost.micros", message: "is negative", fix: "send a correction event instead") }
        if cost.micros > Self.costMicrosMax {
            return UsageProblem(field: "cost.micros", message: "is more than one use can cost", fix: "send at most \(Self.costMicrosMax)")
        }
        if !Self.times.contains(time.micros) {
            return UsageProblem(field: "time_micros", message: "is before 1970 or after 2200", fix: "send microseconds since 1970")
        }
        if !cost.hasValidCurrency { return UsageProblem(field: "cost.currency", message: "is not an ISO 4217 code", fix: "for example USD") }
        return nil
    }

    /// One use costs at most a million units of a currency, so that nine million of them can be added up.
    package static let costMicrosMax: Int64 = 1_000_000 * 1_000_000
    /// From 1970 to 2200: beyond are mistakes of unit.
    package static let times: ClosedRange<Int64> = 0...7_258_118_400_000_000

    package static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            }
    }
}

/// A field of a usage event that cannot be counted as it stands.
public struct UsageProblem: Error, Hashable, Sendable {
    public var field: String
    public var message: String
    public var fix: String
}
