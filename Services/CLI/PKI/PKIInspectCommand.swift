internal import ArgumentParser
internal import FoundationEssentials
internal import JSON
internal import Trust

/// Says what is in a folder and whether it is still good.
struct PKIInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "List the certificates with their identity, end and thumbprint.",
        discussion: "Exit code 1 where a certificate has expired, is not yet valid, or was not signed by a root in ca.pem.")

    @OptionGroup var location: PKIFolderOption

    @Flag(help: "Print JSON.")
    var json = false

    private struct Line {
        var name: String
        var identity: String
        var notAfter: Date
        var thumbprint: String
        var verdict: String
    }

    func run() throws {
        let folder = location.folder
        let roots = try PEMBlocks.split(folder.read(PKIFolder.rootCertificate)).map { try Certificate(pem: $0 + "\n") }
        let now = Date()
        let lines = try folder.leaves().map { name in
            let certificate = try Certificate(pem: folder.read("\(name).pem"))
            return Line(
                name: name, identity: certificate.spiffeID ?? "none", notAfter: certificate.notAfter, thumbprint: certificate.thumbprint.hex,
                verdict: Self.verdict(certificate, roots, now))
        }
        print(json ? Self.json(lines).encodedString() : Self.table(lines, roots))
        if lines.contains(where: { $0.verdict != "ok" }) { throw ExitCode.failure }
    }

    private static func verdict(_ certificate: Certificate, _ roots: [Certificate], _ now: Date) -> String {
        if certificate.notAfter < now { return "expired" }
        if certificate.notBefore > now { return "not yet valid" }
        return roots.contains { certificate.isSigned(by: $0) } ? "ok" : "another root"
    }

    private static func table(_ lines: [Line], _ roots: [Certificate]) -> String {
        let rows =
            roots.map { ["ca", $0.commonName ?? "none", $0.notAfter.formatted(.iso8601), String($0.thumbprint.hex.prefix(16)), "root"] }
            + lines.map { [$0.name, $0.identity, $0.notAfter.formatted(.iso8601), String($0.thumbprint.prefix(16)), $0.verdict] }
        let all = [["NAME", "IDENTITY", "VALID UNTIL", "THUMBPRINT", "STATE"]] + rows
        let widths = (0..<5).map { column in all.map { $0[column].utf8.count }.max() ?? 0 }
        return all.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.utf8.count) }.joined(separator: "  ")
                .trimmingSuffixSpaces()
        }.joined(separator: "\n")
    }

    private static func json(_ lines: [Line]) -> JSONValue {
        .array(
            lines.map {
                .object([
                    "name": .string($0.name), "identity": .string($0.identity), "not_after": .string($0.notAfter.formatted(.iso8601)),
                    "thumbprint": .string($0.thumbprint), "state": .string($0.verdict),
                ])
            })
    }
}

extension String {
    fileprivate func trimmingSuffixSpaces() -> String {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
