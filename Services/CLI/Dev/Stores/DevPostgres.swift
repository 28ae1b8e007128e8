internal import FoundationEssentials
internal import Glibc
internal import Identity
internal import Postgres

/// A Postgres cluster of this platform alone: a database and three roles per service, passwords everywhere, loopback only.
struct DevPostgres {
    static let name = "postgres"
    private static let user = "postgres"

    let layout: DevLayout
    let secrets: DevSecrets
    let table: ProcessTable

    /// True where the cluster is new.
    func start() async throws -> Bool {
        let location = ClusterLocation(layout)
        let isNew = !FileManager.default.fileExists(atPath: "\(location.data)/PG_VERSION")
        if table.running(Self.name) == nil {
            let binaries = try Self.binaries()
            if isNew { try await create(location, binaries) }
            try await launch(location, binaries)
        }
        try await prepareDatabases()
        return isNew
    }

    func stop() async throws -> Bool {
        // Fast shutdown: sessions are ended and the data is left clean.
        try await table.stop(Self.name, signal: SIGINT, patience: .seconds(30))
    }

    static func binaries() throws -> String {
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []).compactMap { Int($0) }.sorted()
        for version in versions.reversed() where FileManager.default.isExecutableFile(atPath: "/usr/lib/postgresql/\(version)/bin/initdb") {
            return "/usr/lib/postgresql/\(version)/bin"
        }
        throw DevFailure("initdb is missing: install the package postgresql")
    }

    private func create(_ location: ClusterLocation, _ binaries: String) async throws {
        if location.isOutsideState {
            print("postgres      its user cannot reach \(layout.state); the data stands in \(location.folder)")
        }
        try await must(["mkdir", "-p", location.folder], "make \(location.folder)")
        let passwordFile = "\(location.folder)/password"
        if getuid() == 0 { try await must(["chown", "\(Self.user):", location.folder], "give \(location.folder) to \(Self.user)") }
        try await must(
            asServer(["sh", "-c", "umask 077; printf %s \"$1\" > \"$2\"", "sh", secrets[DevSecrets.postgresAdministrator], passwordFile]),
            "write \(passwordFile)")
        defer { unlink(passwordFile) }
        try await must(
            asServer([
                "\(binaries)/initdb", "-D", location.data, "-U", Self.user, "--pwfile", passwordFile, "--auth=scram-sha-256", "-E", "UTF8",
                "--locale=C.UTF-8",
            ]), "initialise the database cluster")
    }

    private func launch(_ location: ClusterLocation, _ binaries: String) async throws {
        let options = [
            "listen_addresses=127.0.0.1", "port=\(layout.ports.postgres)", "unix_socket_directories=\(location.folder)", "max_connections=200",
            "password_encryption=scram-sha-256", "shared_buffers=64MB",
        ].map { "-c '\($0)'" }.joined(separator: " ")
        try await must(
            asServer([
                "\(binaries)/pg_ctl", "-D", location.data, "-l", "\(location.folder)/server.log", "-w", "-t", "60", "-s", "-o", options, "start",
            ]), "start Postgres (its log is \(location.folder)/server.log)")
        let file = (try? String(contentsOf: URL(filePath: "\(location.data)/postmaster.pid"), encoding: .utf8)) ?? ""
        guard let id = file.split(separator: "\n").first.flatMap({ Int32($0) }) else { throw DevFailure("Postgres started and left no process id") }
        try table.remember(Self.name, id)
    }

    /// Repeatable: makes what is missing and sets every password anew.
    private func prepareDatabases() async throws {
        let administrator = try await connect(to: "postgres")
        for service in DevPorts.services {
            let database = "provable_\(service.databaseName)"
            for role in ["owner", "app", "system"] {
                let name = DevSecrets.database(service, role)
                if try await administrator.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [.text(name)]).isEmpty {
                    try await administrator.script("CREATE ROLE \(name)")
                }
                try await administrator.script(
                    "ALTER ROLE \(name) LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD '\(secrets[name])'")
            }
            if try await administrator.query("SELECT 1 FROM pg_database WHERE datname = $1", [.text(database)]).isEmpty {
                try await administrator.script("CREATE DATABASE \(database) OWNER \(service.databaseName)_owner")
            }
            try await administrator.script(
                """
                REVOKE ALL ON DATABASE \(database) FROM PUBLIC;
                GRANT CONNECT ON DATABASE \(database) TO \(service.databaseName)_app, \(service.databaseName)_system;
                """)
        }
        await administrator.close()
    }

    private func connect(to database: String) async throws -> AdministrativeConnection {
        do {
            return try await AdministrativeConnection(
                configuration: PostgresConfiguration(
                    host: "127.0.0.1", port: layout.ports.postgres, database: database, user: Self.user,
                    password: secrets[DevSecrets.postgresAdministrator], applicationName: "provable dev"))
        } catch { throw DevFailure("Postgres does not let us in: \(error)") }
    }

    /// Postgres refuses to run as root.
    private func asServer(_ command: [String]) -> [String] { getuid() == 0 ? ["runuser", "-u", Self.user, "--"] + command : command }

    private func must(_ command: [String], _ purpose: String) async throws {
        let outcome = try await ChildProcess.run(command)
        guard outcome.status == 0 else { throw DevFailure("cannot \(purpose): \(outcome.lastLine)") }
    }
}
