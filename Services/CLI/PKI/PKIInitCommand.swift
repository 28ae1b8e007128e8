internal import ArgumentParser
internal import FoundationEssentials
internal import Identity
internal import RPC

/// Makes everything a mesh needs that is not there yet. Safe to run again.
struct PKIInitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make the root, a certificate for every service and the signing keys; keep what is there and good.")

    @OptionGroup var location: PKIFolderOption
    @OptionGroup var leaf: PKILeafOptions

    @Option(help: "Trust domain: the host of the services' SPIFFE ids.")
    var domain = TLSContext.defaultTrustDomain

    @Option(help: "How long the root is valid.")
    var rootValidity = Validity(hours: 3650 * 24)

    @Option(help: "A certificate for something besides the services, for example redis; may be repeated.")
    var also: [String] = []

    func run() throws {
        let folder = location.folder
        let authority = PKIAuthority(folder: folder)
        try folder.prepare()
        if folder.exists(PKIFolder.rootCertificate), folder.exists(PKIFolder.rootKey) {
            print("root          kept  \(folder.file(PKIFolder.rootCertificate))")
        } else {
            try authority.makeRoot(domain: domain, validity: rootValidity.duration)
            print("root          made  \(folder.file(PKIFolder.rootCertificate))")
        }
        for name in ServiceName.allCases.map(\.rawValue) + also {
            let outcome = try authority.issueIfNeeded(name, domain: domain, options: leaf, at: Date())
            print("certificate   \(outcome.rawValue)  \(folder.file("\(name).pem"))")
        }
        for name in ServiceName.allCases.filter({ $0 != .cli }).map(\.rawValue) + [PKIFolder.delegation] {
            let outcome = try authority.makeSigningKeyIfNeeded(name)
            print("signing key   \(outcome.rawValue)  \(folder.file("\(PKIFolder.signingFolder)/\(name).key"))")
        }
    }
}
