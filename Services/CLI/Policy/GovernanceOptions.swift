internal import ArgumentParser
internal import Foundation
internal import Identity
internal import JSON
internal import RPC
internal import Trust
internal import Wire

/// Whom a command asks, and as whom.
struct GovernanceOptions: ParsableArguments {
    @Option(help: "Folder of a running development platform.")
    var state = ".provable"

    @Option(help: "The tenant whose policies these are.")
    var tenant = "0192f000-0000-7000-8000-000000000001"

    @Option(name: .customLong("as"), help: "Who asks.")
    var principal = "dana@acme.example"

    func ask<T: Sendable>(
        timeout: Duration = .seconds(30), _ body: (PolicyGovernanceV1.GovernanceClient, CallOptions) async throws -> T
    ) async throws -> T {
        guard let tenant = TenantID(tenant) else { throw ValidationError("--tenant must be a UUID") }
        let party = MeshParty(state: state)
        let token = try party.token(tenant: tenant, principal: principal, boundTo: .gateway)
        do {
            return try await party.withChannel(as: .gateway, to: .policy) { channel in
                try await body(
                    PolicyGovernanceV1.GovernanceClient(channel: channel),
                    CallOptions(tenant: tenant, principal: principal, delegationToken: token, timeout: timeout))
            }
        } catch let error as RPCError {
            throw PolicyFailure("\(error.reason): \(error.message)")
        }
    }

    /// The whole digest of which `text` is the beginning.
    func digest(_ text: String, _ client: PolicyGovernanceV1.GovernanceClient, _ options: CallOptions) async throws -> [UInt8] {
        if let digest = SHA256Digest(hex: text) { return digest.bytes }
        guard text.utf8.count >= 6 else { throw ValidationError("a digest is written with at least 6 of its digits") }
        var cursor: [UInt8] = []
        repeat {
            let page = try await client.listBundles(.init(page: .init(cursor: cursor, limit: 200)), options: options)
            let found = page.bundles.map(\.digest).filter { Hexadecimal.encode($0).hasPrefix(text.lowercased()) }
            if found.count > 1 { throw PolicyFailure("\(text) is the beginning of several digests") }
            if let digest = found.first { return digest }
            cursor = page.nextCursor
        } while !cursor.isEmpty
        throw PolicyFailure("there is no bundle \(text)")
    }
}

struct PolicyFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// How things are shown.
enum PolicyText {
    static func short(_ digest: [UInt8]) -> String { digest.isEmpty ? "-" : String(Hexadecimal.encode(digest).prefix(12)) }

    static func time(_ micros: Int64) -> String {
        micros == 0 ? "-" : Date(timeIntervalSince1970: Double(micros) / 1_000_000).formatted(.iso8601)
    }

    static func word(_ state: PolicyGovernanceV1.ActivationState) -> String {
        switch state {
        case .stored: "stored"
        case .awaitingApproval: "awaiting approval"
        case .active: "active"
        case .rejected: "rejected"
        case .held: "held"
        case .unspecified, .unrecognized: "unknown"
        }
    }

    static func word(_ verdict: PolicyV1.Verdict) -> String {
        switch verdict {
        case .allow: "allow"
        case .redact: "redact"
        case .requireApproval: "require-approval"
        case .redactAndRequireApproval: "redact-and-require-approval"
        case .deny: "deny"
        case .unspecified, .unrecognized: "none"
        }
    }

    /// A report as a person reads it: coverage, matrix, examples.
    static func report(_ bytes: [UInt8]) throws -> String {
        let report = try JSONValue(parsing: bytes)
        var lines = [report["sentence"]?.stringValue ?? ""]
        let gaps = (report["coverage"]?.objectValue ?? [:]).filter { !["decisions", "replayed"].contains($0.key) && $0.value != 0 }
        lines.append("coverage: " + gaps.map { "\($0.key) \($0.value.intValue ?? 0)" }.joined(separator: ", "))
        var table = QueueTable(header: ["WAS", "WOULD BE", "COUNT", "CONDITIONAL"])
        for cell in report["matrix"]?.arrayValue ?? [] {
            table.rows.append([
                cell["before"]?.stringValue ?? "", cell["after"]?.stringValue ?? "", "\(cell["count"]?.intValue ?? 0)",
                "\(cell["conditional"]?.intValue ?? 0)",
            ])
        }
        if !table.rows.isEmpty { lines.append(table.text) }
        for cell in report["matrix"]?.arrayValue ?? [] {
            for example in cell["examples"]?.arrayValue ?? [] {
                let text = ["time", "principal", "action", "resource"].map { example[$0]?.stringValue ?? "" }.joined(separator: " ")
                lines.append("  \(text): \(cell["before"]?.stringValue ?? "") -> \(cell["after"]?.stringValue ?? "")")
            }
        }
        return lines.joined(separator: "\n")
    }
}
