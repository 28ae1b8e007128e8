import FaultTransport
import RPC
import Testing
import WireProbe

/// A kind of trouble, and what must hold in it.
struct Scenario: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let isPlaintext: Bool
    let unit: FaultLane.Unit
    let rates: FaultRates
    let kinds: [Caller.Kind]
    let bytesMax: Int
    /// Whether what arrives is what was sent: without TLS nothing but luck tells a changed byte.
    let keepsIntegrity: Bool

    /// Whatever happens on the wire, TLS lets nothing through that the peer did not send.
    static let belowTLS = Scenario(
        testDescription: "bytes below TLS", isPlaintext: false, unit: .bytes,
        rates: FaultRates([.drop: 10, .delay: 60, .duplicate: 10, .corrupt: 10, .split: 150, .reset: 10]), kinds: Caller.Kind.allCases,
        bytesMax: 200_000, keepsIntegrity: true)
    /// As at a peer that loses, repeats or delays frames. Messages of one frame: parts of a message have no numbers, TCP keeps them in order.
    static let frames = Scenario(
        testDescription: "frames of unary calls", isPlaintext: true, unit: .frames,
        rates: FaultRates([.drop: 25, .delay: 60, .duplicate: 25, .split: 100, .reset: 20]), kinds: [.echo, .once], bytesMax: 20_000,
        keepsIntegrity: true)
    /// Streams and large messages live through delays, any cutting, and resets.
    static let pieces = Scenario(
        testDescription: "pieces and resets", isPlaintext: true, unit: .bytes, rates: FaultRates([.delay: 100, .split: 500, .reset: 5]),
        kinds: Caller.Kind.allCases, bytesMax: 200_000, keepsIntegrity: true)
    /// Nothing is right any more, but everything still ends.
    static let garbage = Scenario(
        testDescription: "bytes without TLS", isPlaintext: true, unit: .bytes,
        rates: FaultRates([.drop: 20, .duplicate: 20, .corrupt: 60, .split: 100, .reset: 5]), kinds: Caller.Kind.allCases, bytesMax: 100_000,
        keepsIntegrity: false)

    /// What a caller may hear of a connection that fails. No answer of a handler is among them.
    static let statuses: Set<StatusCode> = [.unavailable, .deadlineExceeded, .internal]
}
