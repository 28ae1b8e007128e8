internal import Glibc

/// What `stat` says of the files of an identity: any writing, renaming or re-linking changes it. A mounted secret is a link that is
/// pointed elsewhere; it is followed.
struct FileStamps: Equatable, Sendable {
    private struct Stamp: Equatable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        /// Of the last change, of contents or of rights.
        var seconds: Int64
        var nanoseconds: Int64
    }

    private let stamps: [Stamp?]

    init(of files: ServiceConfig.TLSFiles) { self.init(paths: [files.certificate, files.key, files.authority]) }

    init(paths: [String]) { stamps = paths.map { Self.stamp($0) } }

    private static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: Int64(status.st_ctim.tv_sec),
            nanoseconds: Int64(status.st_ctim.tv_nsec))
    }
}
