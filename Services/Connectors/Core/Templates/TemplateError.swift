/// Why a template cannot be read or filled.
package struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
