public import FoundationEssentials
public import Identity
public import JSON
public import Trust

/// The thing that a receipt attests, by digest.
public struct ReceiptSubject: Hashable, Sendable {
    public let name: String
    public let digest: SHA256Digest

    public init(_ name: String, _ digest: SHA256Digest) {
        self.name = name
        self.digest = digest
    }
}

/// Where a receipt stands in the sequence of one emitter for one tenant: gaps show what was lost.
public struct EmitterPosition: Hashable, Sendable {
    /// Grows when an instance lost its memory of the sequence.
    public let epoch: Int64
    /// From 1, without gaps within an epoch.
    public let sequence: Int64
    /// The digest of the receipt before; nil for the first.
    public let previous: SHA256Digest?

    public init(epoch: Int64, sequence: Int64, previous: SHA256Digest?) {
        self.epoch = epoch
        self.sequence = sequence
        self.previous = previous
    }
}

/// What an emitter has to say, before it is signed.
public struct ReceiptDraft: Sendable {
    public var receiptID: ReceiptID
    public var kind: ReceiptKind
    public var tenant: TenantID
    /// The origin of the tenant's log.
    public var tenantOrigin: String
    public var run: RunID?
    public var step: String?
    public var phase: ReceiptPhase
    /// Digests of the receipts without which this one would not be.
    public var causes: [SHA256Digest]
    public var policyDecision: SHA256Digest?
    /// The W3C trace that the act was part of: 32 lower-case hexadecimal digits.
    public var trace: String?
    public var subject: [ReceiptSubject]
    /// One word, for example `allowed`, `ok`, `failed`, `outcome_unknown`.
    public var outcome: String
    /// Nothing that a person typed or sent, and no floats: money in minor or micro units.
    public var facts: JSONObject
    /// What people typed or sent. Each member becomes a salted digest; the values are returned apart as disclosures.
    public var personal: JSONObject
    public var time: Date
    public var position: EmitterPosition

    public init(
        kind: ReceiptKind, tenant: TenantID, tenantOrigin: String? = nil, run: RunID? = nil, step: String? = nil, phase: ReceiptPhase = .single,
        causes: [SHA256Digest] = [], policyDecision: SHA256Digest? = nil, trace: String? = nil, subject: [ReceiptSubject], outcome: String,
        facts: JSONObject = [:], personal: JSONObject = [:], time: Date = Date(), receiptID: ReceiptID = .make(),
        position: EmitterPosition = EmitterPosition(epoch: 0, sequence: 1, previous: nil)
    ) {
        self.receiptID = receiptID
        self.kind = kind
        self.tenant = tenant
        self.tenantOrigin = tenantOrigin ?? LogOrigin.standard(tenant)
        self.run = run
        self.step = step
        self.phase = phase
        self.causes = causes
        self.policyDecision = policyDecision
        self.trace = trace
        self.subject = subject
        self.outcome = outcome
        self.facts = facts
        self.personal = personal
        self.time = time
        self.position = position
    }
}

/// The name of a tenant's log: the first line of its checkpoints and the name of its key.
public enum LogOrigin {
    public static let standardDomain = "log.provable.dev"

    /// The tenant's id says nothing to whom it is not known, unlike a company's name.
    public static func standard(_ tenant: TenantID) -> String { "\(standardDomain)/\(tenant)" }
}
