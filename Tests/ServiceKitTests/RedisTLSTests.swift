import FoundationEssentials
import Identity
import Redis
import TestKit
import Testing
import Trust

@testable import ServiceKit

/// Redis with its own TLS, reached through the mesh's handler.
@Suite struct RedisTLSTests {
    static let port = 56151

    private static let script = """
        set -eu
        dir=$1
        trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT
        trap '' INT TERM HUP
        redis-server --port 0 --bind 127.0.0.1 --tls-port "$2" --tls-cert-file "$dir/redis.pem" --tls-key-file "$dir/redis.key" \
          --tls-ca-cert-file "$dir/ca.pem" --tls-auth-clients no --unixsocket "$dir/s" --dir "$dir" --save '' >"$dir/log" 2>&1 </dev/null &
        pid=$!
        until [ -S "$dir/s" ]; do kill -0 "$pid" || { cat "$dir/log"; exit 1; }; sleep 0.02; done
        echo ready
        exec >/dev/null 2>&1
        cat >/dev/null
        """

    @Test func theServerMustProveItsAddressToTheAuthority() async throws {
        let directory = "/tmp/provable-test-\(UUIDv7.make().lowercased)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)")) }
        let root = try CertificateAuthority.createRoot(commonName: "test", validity: .seconds(600))
        let stranger = try CertificateAuthority.createRoot(commonName: "stranger", validity: .seconds(600))
        let leaf = try CertificateAuthority.issueLeaf(
            spiffeID: "spiffe://test/redis", dnsNames: ["redis.test"], ipAddresses: ["127.0.0.1"], root: root, validity: .seconds(600))
        try write(root.certificatePEM, "ca.pem")
        try write(stranger.certificatePEM, "stranger.pem")
        try write(leaf.certificatePEM, "redis.pem")
        try write(leaf.keyPEM.exposedText, "redis.key")
        let server = try await GuardedProcess(script: Self.script, arguments: [directory, "\(Self.port)"])
        defer { server.stop() }
        func client(host: String, authority: String) -> RedisClient {
            var configuration = RedisConfiguration(host: host, port: Self.port)
            RedisTLS.apply(authority: "\(directory)/\(authority)", to: &configuration)
            return RedisClient(configuration: configuration)
        }
        let trusted = client(host: "127.0.0.1", authority: "ca.pem")
        let big = String(repeating: "x", count: 300_000)
        try await trusted.command(["SET", "k", big])
        #expect(try await trusted.command(["GET", "k"]).stringValue == big)
        #expect(await !client(host: "127.0.0.1", authority: "stranger.pem").isReachable())
        #expect(await !client(host: "localhost", authority: "ca.pem").isReachable())
        await trusted.close()
    }
}
