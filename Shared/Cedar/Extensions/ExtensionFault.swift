/// Why an extension function refused its argument.
struct ExtensionFault: Error, Hashable, Sendable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
