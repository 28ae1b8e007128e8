internal import FoundationEssentials
internal import Glibc
internal import Trust

/// Where the database keeps its data. Postgres refuses to run as root, and its own user may not be able to reach a checkout that
/// lies in root's home: then the data stands under /var/lib.
struct ClusterLocation {
    let folder: String
    /// Nobody else's checkout has the same folder.
    let isOutsideState: Bool

    init(_ layout: DevLayout) {
        let inside = layout.path("postgres")
        if getuid() == 0, !Self.isOpenToOthers(layout.state) {
            folder = "/var/lib/provable-dev/\(SHA256Digest(hashing: Array(layout.state.utf8)).hex.prefix(16))/postgres"
            isOutsideState = true
        } else {
            folder = inside
            isOutsideState = false
        }
    }

    var data: String { "\(folder)/data" }

    /// Whether any user may pass through all folders down to `path`.
    private static func isOpenToOthers(_ path: String) -> Bool {
        var current = ""
        for part in path.split(separator: "/") {
            current += "/" + part
            var info = stat()
            guard stat(current, &info) == 0, info.st_mode & S_IXOTH != 0 else { return false }
        }
        return true
    }
}
