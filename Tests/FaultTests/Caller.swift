import Identity
import RPC
import Testing
import WireProbe

/// How a call ended.
enum Outcome: Equatable {
    case right
    case wrong(String)
    case refused(StatusCode, reason: String)
    /// By something that is no status.
    case failed(String)
}

/// One of those that use a connection at the same time: one call after the other, of changing kinds and sizes.
struct Caller {
    typealias Everything = ProbeV1.Everything
    enum Kind: CaseIterable { case echo, once, recite, collect, chat }

    let probe: ProbeV1.ProbeClient
    /// Tells its calls from all others.
    let name: String
    /// Of a message.
    let bytesMax: Int
    let kinds: [Kind]
    let timeout: Duration

    func run(_ calls: Int, seed: UInt64) async -> [(Kind, Outcome)] {
        var random = SplitMix(seed: seed)
        var outcomes: [(Kind, Outcome)] = []
        for number in 0..<calls {
            let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
            let size = [0, 1, 512, bytesMax / 4, bytesMax][Int.random(in: 0..<5, using: &random)]
            let bytes = [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: size)
            outcomes.append((kind, await outcome(of: kind, "\(name)/\(number)", bytes)))
        }
        return outcomes
    }

    private func outcome(of kind: Kind, _ name: String, _ bytes: [UInt8]) async -> Outcome {
        do {
            let isRight =
                switch kind {
                case .echo: try await echo(name, bytes)
                case .once: try await once(name)
                case .recite: try await recite(bytes)
                case .collect: try await collect(name)
                case .chat: try await chat(name, bytes)
                }
            return isRight ? .right : .wrong("\(kind) \(name), \(bytes.count) bytes")
        } catch let error as RPCError {
            return .refused(error.code, reason: error.reason)
        } catch {
            return .failed("\(error)")
        }
    }

    private func echo(_ name: String, _ bytes: [UInt8]) async throws -> Bool {
        let request = Everything(names: [name], blobs: [bytes])
        return try await probe.echo(request, options: CallOptions(tenant: .one, timeout: timeout)) == request
    }

    private func once(_ name: String) async throws -> Bool {
        let request = ProbeV1.Nest(level: .init(inner: .init(name: name)))
        return try await probe.linger(request, options: CallOptions(timeout: timeout)) == request
    }

    private func recite(_ bytes: [UInt8]) async throws -> Bool {
        let counts: [UInt64] = [3, 1, 2]
        return try await probe.recite(Everything(counts: counts, blobs: [bytes]), options: CallOptions(timeout: timeout)) { reader in
            var heard: [Everything] = []
            for try await message in reader { heard.append(message) }
            return heard == counts.map { Everything(counts: [$0], blobs: [bytes]) }
        }
    }

    private func collect(_ name: String) async throws -> Bool {
        let names = (0..<5).map { "\(name)/\($0)" }
        let answer = try await probe.collect(options: CallOptions(timeout: timeout)) { writer in
            for name in names { try await writer.send(Everything(names: [name])) }
        }
        return answer.names == names
    }

    private func chat(_ name: String, _ bytes: [UInt8]) async throws -> Bool {
        try await probe.chat(options: CallOptions(timeout: timeout)) { writer, reader in
            var isRight = true
            for number in 0..<3 {
                let said = Everything(names: ["\(name)/\(number)"], blobs: [bytes])
                try await writer.send(said)
                guard let heard = try await reader.first(where: { _ in true }) else { return false }
                isRight = isRight && heard == said
            }
            writer.finish()
            return isRight
        }
    }
}

extension TenantID {
    static let one = TenantID("0192f000-0000-7000-8000-000000000001")!
}
