import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The bytes of an answer.
final class Collected: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    private let ended = Mutex(false)

    var all: [UInt8] { bytes.withLock { $0 } }
    var text: String { String(decoding: all, as: UTF8.self) }
    /// Whether the answer came to its end, so that the connection can go on.
    var isEnded: Bool { ended.withLock { $0 } }

    func add(_ buffer: ByteBuffer) { bytes.withLock { $0 += buffer.readableBytesView } }
    func end() { ended.withLock { $0 = true } }
}

struct CollectingWriter: ResponseBodyWriter {
    struct Gone: Error {}

    let collected: Collected
    /// After so many writes the other end is gone.
    var writesMax = Int.max

    init(into collected: Collected, writesMax: Int = .max) {
        self.collected = collected
        self.writesMax = writesMax
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        guard writesMax > 0 else { throw Gone() }
        writesMax -= 1
        collected.add(buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws { collected.end() }
}
