internal import Foundation

/// The two ends of a bench, each a process with one event loop that is told on its standard input what to do, one line at a time:
///
///     tls-bench certificates FOLDER
///     tls-bench serve PEER FOLDER         prints its port, then answers `usage`
///     tls-bench drive PEER FOLDER PORT    answers `usage` and the loads of ``Driver``
@main
struct Main {
    static func main() async throws {
        let words = CommandLine.arguments
        if words.count == 3, words[1] == "certificates" {
            try Credentials.create(in: words[2])
        } else if words.count == 4, words[1] == "serve", let peer = PeerName(rawValue: words[2]) {
            say("\(try await EchoServer.start(peer.makeServer(Credentials(folder: words[3]))))")
            while readLine() != nil { try answer(Usage.now()) }
        } else if words.count == 5, words[1] == "drive", let peer = PeerName(rawValue: words[2]), let port = Int(words[4]) {
            let driver = try Driver(peer: peer, credentials: Credentials(folder: words[3]), port: port)
            try await driver.check()
            say("ready")
            while let line = readLine() {
                if line == "usage" { try answer(Usage.now()) } else { try answer(try await driver.run(line)) }
            }
        } else {
            throw BenchError("usage: tls-bench certificates FOLDER | serve PEER FOLDER | drive PEER FOLDER PORT")
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
