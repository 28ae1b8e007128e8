internal import FoundationEssentials
internal import Identity
internal import Logging
public import Postgres
internal import Synchronization

/// A Postgres cluster of this test run alone, reached over a Unix socket. It ends and is deleted with the run.
public final class PrivatePostgres: Sendable {
    public let directory: String
    private let process: GuardedProcess
    private let nextDatabase = Atomic<Int>(0)

    /// The cluster that all tests of a process share; each takes a database of its own.
    public static var shared: PrivatePostgres {
        get async throws { try await SharedCluster.instance.get() }
    }

    /// A cluster for a test that stops or restarts it.
    public static func start() async throws -> PrivatePostgres { try await PrivatePostgres(settings: "-c fsync=off -c synchronous_commit=off") }

    /// A cluster that keeps what it has acknowledged although it is killed.
    public static func startDurable() async throws -> PrivatePostgres { try await PrivatePostgres(settings: "-c fsync=on -c synchronous_commit=on") }

    private init(settings: String) async throws {
        directory = "/tmp/provable-test-\(UUIDv7.make().lowercased)"
        process = try await GuardedProcess(script: Self.script, arguments: [directory, settings])
    }

    public func stop() { process.stop() }

    /// As the cluster's superuser.
    public func superuser(database: String = "postgres") -> PostgresConfiguration {
        configuration(database: database, user: "postgres")
    }

    public func configuration(database: String, user: String) -> PostgresConfiguration {
        PostgresConfiguration(host: directory, port: 5432, database: database, user: user, password: "", applicationName: "test")
    }

    /// An empty database, or a copy of `template`.
    public func makeDatabase(template: String = "template1", owner: String = "postgres") async throws -> String {
        let name = "test_\(nextDatabase.add(1, ordering: .relaxed).newValue)"
        let connection = try await AdministrativeConnection(configuration: superuser())
        try await connection.script("CREATE DATABASE \(name) TEMPLATE \(template) OWNER \(owner)")
        await connection.close()
        return name
    }

    /// Breaks every connection, as a crash of the server would.
    public func crashAndRestart() async throws {
        let restart = try await GuardedProcess(script: Self.restartScript, arguments: [directory])
        restart.stop()
    }

    private static let findBinaries = """
        bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
        [ -x "$bin/initdb" ] || { echo "initdb was not found under /usr/lib/postgresql: install the package postgresql"; exit 1; }
        as_user() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
        cd /
        """

    private static let script = """
        set -eu
        dir=$1
        \(findBinaries)
        as_user mkdir -m 700 "$dir"
        trap 'as_user "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$dir"' EXIT
        trap '' INT TERM HUP
        as_user "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log"; exit 1; }
        as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w \
          -o "-c listen_addresses='' -c unix_socket_directories='$dir' $2 -c full_page_writes=off -c max_connections=200 -c shared_buffers=32MB" \
          start >/dev/null </dev/null || { cat "$dir/server.log"; exit 1; }
        echo ready
        exec >/dev/null 2>&1
        cat >/dev/null
        """

    private static let restartScript = """
        set -eu
        dir=$1
        \(findBinaries)
        as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -m immediate -w restart >/dev/null </dev/null || { cat "$dir/server.log"; exit 1; }
        echo ready
        exec >/dev/null 2>&1
        """
}

/// Starts the shared cluster once, however many tests ask at the same time.
private actor SharedCluster {
    static let instance = SharedCluster()
    private var starting: Task<PrivatePostgres, any Error>?

    func get() async throws -> PrivatePostgres {
        if let starting { return try await starting.value }
        let task = Task { try await PrivatePostgres.start() }
        starting = task
        return try await task.value
    }
}
