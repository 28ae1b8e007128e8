internal import Foundation
internal import RPC

/// The two ends of a bench, each a process that is told on its standard input what to do, one line at a time:
///
///     rpc-bench certificates FOLDER
///     rpc-bench serve PEER FOLDER         prints its port, then answers `usage` and `cancellations`
///     rpc-bench drive PEER FOLDER PORT    answers `usage` and the loads of ``Driver``
@main
struct Main {
    static func main() async throws {
        // As each service does at its start; here for all peers alike.
        ProcessHeap.keepLargeBlocks()
        let words = CommandLine.arguments
        if words.count == 3, words[1] == "certificates" {
            try Credentials.create(in: words[2])
        } else if words.count == 4, words[1] == "serve", let peer = PeerName(rawValue: words[2]) {
            try await serve(peer, Credentials(folder: words[3]))
        } else if words.count == 5, words[1] == "drive", let peer = PeerName(rawValue: words[2]), let port = Int(words[4]) {
            try await drive(peer, Credentials(folder: words[3]), port)
        } else {
            throw BenchError("usage: rpc-bench certificates FOLDER | serve PEER FOLDER | drive PEER FOLDER PORT")
        }
    }

    private static func serve(_ peer: PeerName, _ credentials: Credentials) async throws {
        let cancellations = Cancellations()
        let server: any EchoServer =
            switch peer {
            case .mesh: MeshServer(credentials: credentials, cancellations: cancellations)
            case .grpc: GRPCEchoServer(coalescesFlushes: true, credentials: credentials)
            case .grpcImmediate: GRPCEchoServer(coalescesFlushes: false, credentials: credentials)
            case .bare: BareServer(credentials: credentials)
            }
        say("\(try await server.start())")
        // The main thread is none of those that serve.
        while let line = readLine() {
            if line == "cancellations" { try answer(cancellations.all) } else { try answer(Usage.now()) }
        }
    }

    private static func drive(_ peer: PeerName, _ credentials: Credentials, _ port: Int) async throws {
        let driver =
            switch peer {
            case .mesh:
                Driver(try MeshClient(port: port, credentials: credentials))
            case .grpc: Driver(try GRPCEchoClient(port: port, coalescesFlushes: true, credentials: credentials))
            case .grpcImmediate: Driver(try GRPCEchoClient(port: port, coalescesFlushes: false, credentials: credentials))
            case .bare: Driver(try await BareClient(port: port, credentials: credentials))
            }
        try await driver.check()
        say("ready")
        while let line = readLine() {
            if line == "usage" { try answer(Usage.now()) } else { try answer(try await driver.run(line)) }
        }
    }

    private static func answer(_ value: some Encodable) throws {
        say(String(decoding: try JSONEncoder().encode(value), as: UTF8.self))
    }

    /// A whole line at once: whoever asked waits for it, and a pipe's buffer would keep it.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
