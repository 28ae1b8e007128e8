internal import ArgumentParser
internal import RPC

/// Gives every service a new certificate; running services take it within a minute.
struct PKIRotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Issue a new certificate and key for every service that has one.",
        discussion: """
            With --root a new root is made first and trusted beside the old one. Run it again with --root once all services have \
            reloaded, and the old one is gone. Signing keys are not touched: what they signed must stay verifiable.
            """)

    @OptionGroup var location: PKIFolderOption
    @OptionGroup var leaf: PKILeafOptions

    @Flag(help: "Make a new root too.")
    var root = false

    @Option(help: "How long a new root is valid.")
    var rootValidity = Validity(hours: 3650 * 24)

    func run() throws {
        let folder = location.folder
        let authority = PKIAuthority(folder: folder)
        let domain = try authority.domain()
        if root {
            try authority.replaceRoot(domain: domain, validity: rootValidity.duration)
            print("root          made  \(folder.file(PKIFolder.rootCertificate))")
        }
        for name in try folder.leaves() {
            try authority.issue(name, domain: domain, options: leaf)
            print("certificate   made  \(folder.file("\(name).pem"))")
        }
    }
}
