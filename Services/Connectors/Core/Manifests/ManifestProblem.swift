/// Something in a manifest that its author must mend.
package struct ManifestProblem: Sendable, Hashable, CustomStringConvertible {
    /// JSON pointer into the manifest.
    package let pointer: String
    package let message: String
    package var description: String { "\(pointer.isEmpty ? "/" : pointer): \(message)" }
}

/// Everything that is wrong with a manifest.
package struct ManifestError: Error, Sendable, Hashable, CustomStringConvertible {
    package let problems: [ManifestProblem]
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
