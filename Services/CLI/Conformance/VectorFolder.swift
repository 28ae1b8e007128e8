internal import ArgumentParser
internal import FoundationEssentials
internal import JSON

/// A folder of outside vectors, given as an argument.
struct VectorFolder {
    let root: URL

    init(_ path: String) throws {
        root = URL(fileURLWithPath: path)
        guard FileManager.default.fileExists(atPath: root.path) else { throw ValidationError("\(path): no such folder") }
    }

    /// The files below, in the order of their paths.
    func paths(_ isWanted: (String) -> Bool) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { path in
            var isFolder = false
            return FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path, isDirectory: &isFolder) && !isFolder
                && isWanted(path)
        }.sorted()
    }

    func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: root.appendingPathComponent(path))) }

    func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    func json(_ path: String) throws -> JSONValue { try JSONValue(parsing: bytes(path)) }
}
