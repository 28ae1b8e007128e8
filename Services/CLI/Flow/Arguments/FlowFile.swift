internal import ArgumentParser
internal import FlowEngineCore
internal import FlowImporting
internal import FoundationEssentials
internal import JSON

/// A file that a flow command was given.
struct FlowFile {
    let path: String
    let bytes: [UInt8]

    /// - Throws: Also for a file that no limit would let through, before it is read.
    init(_ path: String, limit: Int = SourceLimits.definition.size) throws {
        self.path = path
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if let size = attributes?[.size] as? Int, size > limit {
            throw ValidationError("\(path) is larger than \(limit >> 20) MiB, which is the limit")
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw ValidationError("\(path) cannot be read") }
        bytes = Array(data)
    }

    /// A flow document in JSON or YAML.
    func source() throws -> SourceText {
        do throws(SourceFault) {
            return try SourceText(parsing: bytes, limits: .flow)
        } catch {
            throw FlowFault("\(path): \(error)")
        }
    }

    /// The file's name without folder and ending.
    var stem: String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.split(separator: ".").first.map(String.init) ?? name
    }
}

/// Printed as it is, without the parser's usage.
struct FlowFault: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
