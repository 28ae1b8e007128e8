internal import ArgumentParser
internal import FoundationEssentials
internal import JSON

/// A file that a command reads, or its standard input.
enum CedarDocument {
    static func text(_ path: String?) throws -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else { throw CedarFailure("\(path ?? "the input") is not valid UTF-8") }
        return text
    }

    static func json(_ path: String?) throws -> JSONValue {
        do {
            return try JSONValue(parsing: bytes(path))
        } catch let error as JSONError {
            throw CedarFailure("\(path ?? "the input"): \(error)")
        }
    }

    private static func bytes(_ path: String?) throws -> [UInt8] {
        guard let path else {
            var text = ""
            while let line = readLine(strippingNewline: false) { text += line }
            return Array(text.utf8)
        }
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw CedarFailure("\(path) cannot be read: \(error)")
        }
    }
}

/// Why a command cannot do what it was asked, for the person who asked.
struct CedarFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The exit codes of Cedar's own command.
enum CedarExit {
    static let failure = ExitCode(1)
    static let deny = ExitCode(2)
    /// Of what depends on what is open.
    static let unknown = ExitCode(3)
    static let invalid = ExitCode(3)
}
