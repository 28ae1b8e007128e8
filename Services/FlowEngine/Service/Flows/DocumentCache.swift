internal import FlowEngineCore
internal import JSON
internal import Synchronization
internal import Trust

/// Parsed documents by their digest: a version never changes, so it is read once.
final class DocumentCache: Sendable {
    private static let limit = 512

    /// A stored version that this build cannot read.
    struct Unreadable: Error { var version: SHA256Digest }

    private let documents = Mutex<[SHA256Digest: FlowDocument]>([:])

    func document(_ version: SHA256Digest, source: [UInt8]) throws -> FlowDocument {
        if let known = documents.withLock({ $0[version] }) { return known }
        guard let document = FlowParser.parse(try JSONValue(parsing: source)).document, document.versionID == version else {
            throw Unreadable(version: version)
        }
        documents.withLock { documents in
            if documents.count >= Self.limit, let any = documents.keys.first { documents[any] = nil }
            documents[version] = document
        }
        return document
    }
}
