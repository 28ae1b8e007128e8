import Foundation
import Identity
import Logging
import TestKit
import Testing
import Trust

@testable import Postgres

/// `sslmode=verify-full` against a server with TLS: who it is must be proved by the authority, for the name that was asked for.
@Suite struct VerifiedServerTests {
    private static let port = 56152

    private static let script = """
        set -eu
        dir=$1
        bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
        as_user() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
        [ "$(id -u)" != 0 ] || chown -R postgres "$dir"
        chmod 700 "$dir"
        chmod 600 "$dir/server.key"
        cd /
        trap 'as_user "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$dir"' EXIT
        trap '' INT TERM HUP
        as_user "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log"; exit 1; }
        as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w \
          -o "-c listen_addresses=127.0.0.1 -c port=$2 -c unix_socket_directories='$dir' -c fsync=off -c ssl=on -c ssl_min_protocol_version=TLSv1.3 \
              -c ssl_cert_file='$dir/server.pem' -c ssl_key_file='$dir/server.key'" start >/dev/null </dev/null || { cat "$dir/server.log"; exit 1; }
        echo ready
        exec >/dev/null 2>&1
        cat >/dev/null
        """

    @Test func theServerMustProveItsNameToTheAuthority() async throws {
        let directory = "/tmp/provable-test-\(UUIDv7.make().lowercased)"
        let trusted = "/tmp/provable-test-\(UUIDv7.make().lowercased)"
        for path in [directory, trusted] { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        defer { try? FileManager.default.removeItem(atPath: trusted) }
        let root = try CertificateAuthority.createRoot(commonName: "test", validity: .seconds(600))
        let stranger = try CertificateAuthority.createRoot(commonName: "stranger", validity: .seconds(600))
        let leaf = try CertificateAuthority.issueLeaf(
            spiffeID: "spiffe://test/postgres", dnsNames: ["localhost"], ipAddresses: [], root: root, validity: .seconds(600))
        func write(_ text: String, _ path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }
        try write(leaf.certificatePEM, "\(directory)/server.pem")
        try write(leaf.keyPEM.exposedText, "\(directory)/server.key")
        try write(root.certificatePEM, "\(trusted)/ca.pem")
        try write(stranger.certificatePEM, "\(trusted)/stranger.pem")
        let server = try await GuardedProcess(script: Self.script, arguments: [directory, "\(Self.port)"])
        defer { server.stop() }

        #expect(try await answer(host: "localhost", authority: "\(trusted)/ca.pem") == "TLSv1.3")
        // Of another name, here the address, which the certificate does not hold.
        await #expect(throws: PostgresError.self) { try await answer(host: "127.0.0.1", authority: "\(trusted)/ca.pem") }
        await #expect(throws: PostgresError.self) { try await answer(host: "localhost", authority: "\(trusted)/stranger.pem") }
        await #expect(throws: PostgresError.self) { try await answer(host: "localhost", authority: "\(trusted)/nothing.pem") }
    }

    /// The protocol that the connection speaks, as the server says.
    private func answer(host: String, authority: String) async throws -> String {
        var configuration = PostgresConfiguration(host: host, port: Self.port, database: "postgres", user: "postgres", password: "")
        configuration.tls = .verifyFull(rootCertificatePath: authority)
        let pool = try PostgresPool(configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        do {
            let rows = try await pool.batch(tenant: nil, [Statement("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")])
            await pool.close()
            return try rows[0][0].text("version")
        } catch {
            await pool.close()
            throw error
        }
    }
}
