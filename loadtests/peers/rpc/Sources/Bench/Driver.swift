/// Runs the loads that the control script asks for:
///
///     closed IN_FLIGHT SECONDS
///     work IN_FLIGHT SECONDS MICROSECONDS           closed loop of calls that compute so long
///     overload RATE SECONDS MICROSECONDS            open loop of them
///     mixed IN_FLIGHT SECONDS LARGE_BYTES
///     cancel COUNT PREFIX
struct Driver: Sendable {
    private let client: any EchoClient
    private static let payload = (0..<512).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    init(_ client: any EchoClient) { self.client = client }

    /// What comes back is what was sent, at several sizes and at once: a fast wrong answer would be worth nothing.
    func check() async throws {
        for size in [0, 1, 512, 4096, 70_000] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 17 &+ size) }
            guard try await client.echo(bytes) == bytes else { throw BenchError("an echo of \(size) bytes came back changed") }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<64 {
                group.addTask {
                    let bytes = [UInt8](repeating: UInt8(index), count: 512)
                    guard try await client.echo(bytes) == bytes else { throw BenchError("echoes were mixed up") }
                }
            }
            try await group.waitForAll()
        }
    }

    func run(_ line: String) async throws -> Outcome {
        let words = line.split(separator: " ").map { String($0) }
        let numbers = words.dropFirst().compactMap { Double($0) }
        switch (words.first, numbers.count) {
        case ("closed", 2):
            let load = ClosedLoop(inFlight: Int(numbers[0]), seconds: numbers[1])
            return .load(try await load.run { _ = try await client.echo(Self.payload) })
        case ("work", 3):
            let mesh = try meshClient()
            let load = ClosedLoop(inFlight: Int(numbers[0]), seconds: numbers[1])
            return .load(try await load.run { try await mesh.work(microseconds: UInt64(numbers[2]), timeout: .seconds(5)) })
        case ("overload", 3):
            let mesh = try meshClient()
            let load = OpenLoop(rate: numbers[0], seconds: numbers[1])
            return .load(await load.run { try await mesh.work(microseconds: UInt64(numbers[2]), timeout: .seconds(1)) })
        case ("mixed", 3):
            return .load(try await meshClient().mixed(inFlight: Int(numbers[0]), seconds: numbers[1], largeBytes: UInt64(numbers[2])))
        case ("cancel", _) where words.count == 3:
            return .times(try await meshClient().cancelled(count: Int(numbers.first ?? 0), prefix: words[2]))
        default: throw BenchError("not a load: \(line)")
        }
    }

    private func meshClient() throws -> MeshClient {
        guard let mesh = client as? MeshClient else { throw BenchError("only the mesh's RPC is asked that") }
        return mesh
    }

    enum Outcome: Encodable {
        case load(Measurement)
        case times([String: UInt64])

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .load(let measurement): try measurement.encode(to: encoder)
            case .times(let times): try times.encode(to: encoder)
            }
        }
    }
}
