internal import ArgumentParser

/// Issues one certificate with a new key.
struct PKIIssueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "issue", abstract: "Issue a new certificate and key for one service.")

    @Argument(help: "The service, for example ledger.")
    var service: String

    @OptionGroup var location: PKIFolderOption
    @OptionGroup var leaf: PKILeafOptions

    func validate() throws {
        guard !service.isEmpty, service.utf8.allSatisfy({ ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x2D || ($0 >= 0x30 && $0 <= 0x39) }) else {
            throw ValidationError("A service's name has lower-case letters, digits and hyphens.")
        }
    }

    func run() throws {
        let authority = PKIAuthority(folder: location.folder)
        try authority.issue(service, domain: try authority.domain(), options: leaf)
        print("certificate   made  \(location.folder.file("\(service).pem"))")
    }
}
