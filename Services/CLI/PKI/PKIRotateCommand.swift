internal import ArgumentParser
internal import RPC

/// Gives every service a new certificate; running services take it within two seconds.
struct PKIRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Issue a new certificate and key for every service that has one.",
        discussion: """
            With --root a new root is made first and trusted beside the old one; services get certificates of it only when all have \
            had time to trust it. Run it again with --root, and the old one is gone. Signing keys are not touched: what they signed \
            must stay verifiable.
            """)

    @OptionGroup var location: PKIFolderOption
    @OptionGroup var leaf: PKILeafOptions

    @Flag(help: "Make a new root too.")
    var root = false

    @Option(help: "How long a new root is valid.")
    var rootValidity = Validity(hours: 3650 * 24)

    @Option(help: "Seconds between a new root and the first certificate of it: services look at their files every second.")
    var settle: Int = 5

    func validate() throws {
        guard (0...600).contains(settle) else { throw ValidationError("--settle is 0 to 600 seconds") }
    }

    func run() async throws {
        let folder = location.folder
        let authority = PKIAuthority(folder: folder)
        let domain = try authority.domain()
        if root {
            try authority.replaceRoot(domain: domain, validity: rootValidity.duration)
            print("root          made  \(folder.file(PKIFolder.rootCertificate))")
            try await Task.sleep(for: .seconds(settle))
        }
        for name in try folder.leaves() {
            try authority.issue(name, domain: domain, options: leaf)
            print("certificate   made  \(folder.file("\(name).pem"))")
        }
    }
}
