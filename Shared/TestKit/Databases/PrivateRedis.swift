internal import FoundationEssentials
internal import Glibc
internal import Identity
public import Redis

/// A Redis of this test run alone, reached over a Unix socket. It ends and is deleted with the run.
public final class PrivateRedis: Sendable {
    public let directory: String
    private let process: GuardedProcess

    /// The server that all tests of a process share; each uses keys of its own.
    public static var shared: PrivateRedis {
        get async throws { try await SharedServer.instance.get() }
    }

    /// A server for a test that stops it.
    public static func start() async throws -> PrivateRedis { try await PrivateRedis() }

    private init() async throws {
        directory = "/tmp/provable-test-\(UUIDv7.make().lowercased)"
        process = try await GuardedProcess(script: Self.script, arguments: [directory])
    }

    public var configuration: RedisConfiguration {
        var configuration = RedisConfiguration(host: "localhost", port: 0, clientName: "test")
        configuration.unixSocketPath = "\(directory)/redis.sock"
        return configuration
    }

    public func makeClient() -> RedisClient { RedisClient(configuration: configuration) }

    public func stop() { process.stop() }

    /// Kills it and starts it anew, empty, at the same place.
    public func crashAndRestart() async throws {
        // The script beside the server starts another when the first is gone.
        let before = try await makeClient().command(["INFO", "server"]).stringValue ?? ""
        guard let line = before.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix("process_id:") }),
            let id = Int32(line.dropFirst("process_id:".count))
        else { throw RedisError.unavailable("the server does not tell its process") }
        kill(id, SIGKILL)
        while true {
            let client = makeClient()
            let now = try? await client.command(["INFO", "server"]).stringValue
            await client.close()
            if let now, !now.contains("process_id:\(id)\r") { return }
            await Task.yield()
        }
    }

    private static let script = """
        set -eu
        dir=$1
        command -v redis-server >/dev/null || { echo "redis-server was not found: install the package redis-server"; exit 1; }
        mkdir -m 700 "$dir"
        trap 'kill -TERM $(cat "$dir/pid") 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
        trap '' INT TERM HUP
        (while [ -d "$dir" ]; do
            code=0
            redis-server --port 0 --unixsocket "$dir/redis.sock" --dir "$dir" --save '' --appendonly no --daemonize no \
                --pidfile "$dir/pid" >>"$dir/log" 2>&1 </dev/null || code=$?
            [ "$code" = 137 ] || break
        done) &
        pid=$!
        until [ -S "$dir/redis.sock" ]; do kill -0 "$pid" || { cat "$dir/log"; exit 1; }; sleep 0.02; done
        echo ready
        exec >/dev/null 2>&1
        cat >/dev/null
        """
}

private actor SharedServer {
    static let instance = SharedServer()
    private var starting: Task<PrivateRedis, any Error>?

    func get() async throws -> PrivateRedis {
        if let starting { return try await starting.value }
        let task = Task { try await PrivateRedis.start() }
        starting = task
        return try await task.value
    }
}
