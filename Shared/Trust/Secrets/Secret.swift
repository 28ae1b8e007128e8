/// Bytes that must never reach a log, a trace or an error text: every way of printing it prints `<redacted>`.
public struct Secret: Sendable {
    private let content: [UInt8]

    public init(_ bytes: [UInt8]) { content = bytes }
    public init(_ text: String) { content = Array(text.utf8) }

    /// The secret itself. The name is long so that a reader of a diff stops at it.
    public var exposedBytes: [UInt8] { content }
    public var exposedText: String { String(decoding: content, as: UTF8.self) }
    public var isEmpty: Bool { content.isEmpty }
}

extension Secret: Equatable {
    public static func == (a: Secret, b: Secret) -> Bool { constantTimeEquals(a.content, b.content) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
