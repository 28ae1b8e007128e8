internal import FoundationEssentials
internal import Glibc
internal import Identity

/// Where everything of one platform stands: files and ports.
struct DevLayout: Sendable {
    /// Absolute.
    let state: String
    let checkout: String
    /// The folder of this command and the services' executables.
    let binaries: String
    let ports: DevPorts

    /// `PROVABLE_PORT_OFFSET`, for those who call make.
    static var environmentOffset: Int { ProcessInfo.processInfo.environment["PROVABLE_PORT_OFFSET"].flatMap { Int($0) } ?? 0 }

    init(state: String, checkout: String?, portOffset: Int) throws {
        let directory = FileManager.default.currentDirectoryPath
        self.state = state.hasPrefix("/") ? state : "\(directory)/\(state)"
        guard let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            throw DevFailure("cannot find this command's own file under /proc")
        }
        binaries = Self.parent(executable)
        guard let found = checkout ?? Self.checkout(above: executable) ?? Self.checkout(above: directory + "/.") else {
            throw DevFailure("cannot find the source tree; say where it is with --checkout")
        }
        self.checkout = found.hasPrefix("/") ? found : "\(directory)/\(found)"
        // A platform keeps the ports that it was first started with.
        ports = Self.remembered(in: self.state) ?? DevPorts(offset: portOffset, http: Self.environmentPort)
    }

    private static var environmentPort: Int? { ProcessInfo.processInfo.environment["PROVABLE_HTTP_PORT"].flatMap { Int($0) } }

    var exists: Bool { FileManager.default.fileExists(atPath: state) }
    var gatewayURL: String { "http://127.0.0.1:\(ports.http)" }
    var stubsURL: String { "http://127.0.0.1:\(ports.stubs)" }

    func path(_ name: String) -> String { "\(state)/\(name)" }
    func config(_ service: ServiceName) -> String { path("config/\(service).json") }
    func log(_ name: String) -> String { path("logs/\(name).log") }
    func executable(_ name: String) -> String { "\(binaries)/\(name)" }

    /// Folders are open, so that the database's own user reaches its data; every file with a secret is closed by itself.
    func prepare() throws {
        for folder in ["", "config", "logs", "pids", "keys"] {
            do {
                try FileManager.default.createDirectory(atPath: path(folder), withIntermediateDirectories: true)
            } catch { throw DevFailure("cannot make the folder \(path(folder))") }
        }
    }

    func read(_ name: String) -> String? { try? String(contentsOf: URL(filePath: path(name)), encoding: .utf8) }

    /// Readable by its owner only. Replaced whole, so that no reader meets half of it.
    func write(_ text: String, to name: String) throws {
        let temporary = path(name) + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DevFailure("cannot write \(path(name)): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, rename(temporary, path(name)) == 0 else {
            throw DevFailure("cannot write \(path(name)): \(String(cString: strerror(errno)))")
        }
    }

    func wipe() throws {
        let cluster = ClusterLocation(self)
        if cluster.isOutsideState { try? FileManager.default.removeItem(atPath: Self.parent(cluster.folder)) }
        // The folder itself may be a mount point, which cannot be deleted: then it is left empty.
        if (try? FileManager.default.removeItem(atPath: state)) != nil { return }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: state)) ?? [] {
            do { try FileManager.default.removeItem(atPath: path(name)) } catch { throw DevFailure("cannot delete \(path(name))") }
        }
    }

    private static func remembered(in state: String) -> DevPorts? {
        (try? String(contentsOf: URL(filePath: "\(state)/ports"), encoding: .utf8)).flatMap { DevPorts(text: $0) }
    }

    private static func parent(_ path: String) -> String {
        path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    }

    private static func checkout(above path: String) -> String? {
        var folder = parent(path)
        while !folder.isEmpty {
            if FileManager.default.fileExists(atPath: "\(folder)/Package.swift"), FileManager.default.fileExists(atPath: "\(folder)/Services/CLI") {
                return folder
            }
            folder = parent(folder)
        }
        return nil
    }
}
