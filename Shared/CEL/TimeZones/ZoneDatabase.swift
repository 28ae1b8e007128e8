internal import FoundationEssentials
internal import Synchronization

/// The time zones of the system's IANA database, each read when it is first asked for.
final class ZoneDatabase: Sendable {
    static let shared = ZoneDatabase(folder: "/usr/share/zoneinfo")

    private let folder: String
    private let known = Mutex<[String: ZoneRules]>([:])

    init(folder: String) { self.folder = folder }

    func rules(of name: String) -> ZoneRules? {
        if let rules = known.withLock({ $0[name] }) { return rules }
        guard Self.isName(name), let data = try? Data(contentsOf: URL(fileURLWithPath: folder).appending(path: name)) else { return nil }
        guard let rules = ZoneRules(Array(data)) else { return nil }
        known.withLock { $0[name] = rules }
        return rules
    }

    /// A name, and no path that leads elsewhere.
    private static func isName(_ name: String) -> Bool {
        guard name.utf8.count <= 64, name.first?.isLetter == true else { return false }
        return name.utf8.allSatisfy { byte in
            byte < 128 && (Unicode.Scalar(byte).isIdentifierStart || Unicode.Scalar(byte).isDigit || "/+-".utf8.contains(byte))
        }
    }
}
