/// The right side of a `like`: scalars and wildcards.
package struct Pattern: Hashable, Sendable {
    package enum Element: Hashable, Sendable {
        case scalar(Unicode.Scalar)
        case wildcard
    }

    package let elements: [Element]

    package init(_ elements: [Element]) { self.elements = elements }

    /// Whether all of `text` matches. On a mismatch only the last wildcard needs to take one scalar more, so that no pattern costs more
    /// than its length times the text's.
    func matches(_ text: Text) -> Bool {
        let scalars = Array(text.string.unicodeScalars)
        var at = 0
        var element = 0
        var retry: (element: Int, at: Int)?
        while at < scalars.count {
            if element < elements.count, elements[element] == .wildcard {
                element += 1
                retry = (element, at)
            } else if element < elements.count, elements[element] == .scalar(scalars[at]) {
                element += 1
                at += 1
            } else if let last = retry {
                element = last.element
                at = last.at + 1
                retry = (last.element, at)
            } else {
                return false
            }
        }
        while element < elements.count, elements[element] == .wildcard { element += 1 }
        return element == elements.count
    }
}
