internal import SwiftProtobuf
internal import WireRuntime

/// One size of message, read and written by both.
struct Contest<Ours: WireMessage, Theirs: SwiftProtobuf.Message & Equatable> {
    let label: String
    let ours: Ours
    let theirs: Theirs
    let bytes: [UInt8]

    /// Both must say the same bytes and read them back as the same value, or the figures compare nothing.
    init(_ label: String, _ ours: Ours, as _: Theirs.Type) throws {
        (self.label, self.ours, bytes) = (label, ours, ours.encodedBytes())
        theirs = try Theirs(serializedBytes: bytes)
        let again: [UInt8] = try theirs.serializedBytes()
        guard again == bytes, try Ours(decodingBytes: again) == ours else { throw Disagreement(label: label) }
    }

    func run(rounds: Int, seconds: Double) throws -> [Measurement] {
        let bytes = bytes
        var decode = Measurement(metric: "decode_\(label)", size: bytes.count)
        var encode = Measurement(metric: "encode_\(label)", size: bytes.count)
        // Alternately, so that what else the machine does meets both alike; the first round warms up and is not kept.
        for round in 0...rounds {
            let read = try nanoseconds(seconds) { try Ours(decodingBytes: bytes) }
            let readThere = try nanoseconds(seconds) { try Theirs(serializedBytes: bytes) }
            let written = try nanoseconds(seconds) { ours.encodedBytes() }
            let writtenThere = try nanoseconds(seconds) { try theirs.serializedBytes() as [UInt8] }
            guard round > 0 else { continue }
            decode.add(ours: read, theirs: readThere)
            encode.add(ours: written, theirs: writtenThere)
        }
        return [decode, encode]
    }
}

struct Disagreement: Error { let label: String }

/// Per call.
func nanoseconds<T>(_ seconds: Double, _ body: () throws -> T) throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    let end = start.advanced(by: .seconds(seconds))
    var calls = 0
    repeat {
        for _ in 0..<200 { keep(try body()) }
        calls += 200
    } while clock.now < end
    let spent = start.duration(to: clock.now)
    return (Double(spent.components.seconds) * 1e9 + Double(spent.components.attoseconds) / 1e9) / Double(calls)
}

/// The optimiser may not see that nobody looks at the result.
@inline(never)
func keep<T>(_ value: T) {}
