public import FoundationEssentials
internal import Glibc
internal import Identity
internal import JSON
public import Logging
internal import RPC

/// One JSON object per line. The message is constant; what varies stands in members of its own, so that logs can be counted and
/// searched. The trace and tenant of the call being served are added by themselves.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private let label: String
    private let write: @Sendable ([UInt8]) -> Void
    private let now: @Sendable () -> Date

    public init(
        label: String, level: Logger.Level, now: @escaping @Sendable () -> Date = { Date() },
        write: @escaping @Sendable ([UInt8]) -> Void = JSONLogHandler.writeToStandardError
    ) {
        self.label = label
        logLevel = level
        self.now = now
        self.write = write
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line: JSONObject = [
            "time": .string(Self.timeStyle.format(now())),
            "level": .string(event.level.rawValue), "service": .string(label), "message": .string(event.message.description),
        ]
        if let context = RequestContext.current {
            line["trace"] = .string(context.trace.traceIDText)
            if let tenant = context.tenant { line["tenant"] = .string(tenant.description) }
        }
        for values in [metadata, metadataProvider?.get() ?? [:], event.metadata ?? [:]] {
            for (key, value) in values.sorted(by: { $0.key < $1.key }) { line[key] = Self.json(value) }
        }
        write(JSONValue.object(line).encoded() + [0x0A])
    }

    /// In one write, so that lines of several threads do not mix.
    public static let writeToStandardError: @Sendable ([UInt8]) -> Void = { bytes in
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map(json))
        case .dictionary(let values): .object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) }))
        @unknown default: .string("\(value)")
        }
    }
}
