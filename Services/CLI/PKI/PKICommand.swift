internal import ArgumentParser

/// `provable pki …`: the private authority of the mesh.
struct PKICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pki",
        abstract: "Make and inspect the certificates and signing keys of the mesh.",
        discussion: """
            A folder holds ca.pem and ca.key, <service>.pem and <service>.key for each service, and under signing/ the ES256 keys \
            that sign receipts (<service>.key, .pub) and delegation tokens (delegation.key, .pub).
            """,
        subcommands: [PKIInitCommand.self, PKIIssueCommand.self, PKIRotateCommand.self, PKIInspectCommand.self])
}

struct PKIFolderOption: ParsableArguments {
    @Option(help: "The folder of the authority.")
    var dir: String

    var folder: PKIFolder { PKIFolder(path: dir) }
}

/// What a leaf certificate says besides its service.
struct PKILeafOptions: ParsableArguments {
    @Option(help: "How long certificates of services are valid: 90m, 24h, 30d.")
    var validity: Validity = Validity(hours: 24)

    @Option(help: "A DNS name of the certificates; may be repeated.")
    var dns: [String] = ["localhost"]

    @Option(help: "An IP address of the certificates; may be repeated.")
    var ip: [String] = ["127.0.0.1"]
}
