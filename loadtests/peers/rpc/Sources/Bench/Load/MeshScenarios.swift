internal import RPC
internal import Synchronization
internal import WireProbe

/// What only this RPC is asked: cancellation, overload, small calls beside a large reply.
extension MeshClient {
    /// Small calls, and one caller that asks for one large reply after the other all the while.
    func mixed(inFlight: Int, seconds: Double, largeBytes: UInt64) async throws -> Measurement {
        let over = Flag()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                while !over.isSet {
                    guard try await large(largeBytes) == Int(largeBytes) else { throw BenchError("a large reply came back short") }
                }
            }
            let bytes = [UInt8](repeating: 7, count: 512)
            let small = try await ClosedLoop(inFlight: inFlight, seconds: seconds).run { [self] in _ = try await echo(bytes) }
            over.set()
            try await group.waitForAll()
            return small
        }
    }

    /// Begins calls that would last a minute and cancels each; when each was cancelled, by its name.
    func cancelled(count: Int, prefix: String) async throws -> [String: UInt64] {
        var times: [String: UInt64] = [:]
        for index in 0..<count {
            let name = "\(prefix)-\(index)"
            let call = Task { [probe] in
                try await probe.linger(ProbeV1.Nest(level: .init(inner: .init(name: name))), options: CallOptions(timeout: .seconds(30)))
            }
            // What is measured begins when the handler certainly runs.
            while try await !hasBegun(name) { try await Task.sleep(for: .milliseconds(1)) }
            times[name] = monotonicNanoseconds()
            call.cancel()
            _ = await call.result
        }
        return times
    }
}

private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
