/// Puts common types into an order in which each comes after those that it names. The walk has no recursion: one type may name another
/// through as many as a schema has.
struct CommonTypeOrder {
    private let definitions: SchemaDefinitions
    private let lookup: SchemaLookup
    private(set) var sorted: [Text] = []
    private var done: Set<Text> = []

    init(_ definitions: SchemaDefinitions, _ lookup: SchemaLookup) {
        self.definitions = definitions
        self.lookup = lookup
    }

    /// Adds a type and what it names.
    /// - Returns: A type that is made of itself, if there is one on the way.
    mutating func visit(_ name: Text) -> Text? {
        guard !done.contains(name) else { return nil }
        var path: Set<Text> = [name]
        var stack = [(name: name, waiting: references(of: name))]
        while let top = stack.popLast() {
            var waiting = top.waiting
            let name = top.name
            guard let next = waiting.popLast() else {
                path.remove(name)
                done.insert(name)
                sorted.append(name)
                continue
            }
            stack.append((name, waiting))
            if path.contains(next) { return next }
            guard !done.contains(next) else { continue }
            path.insert(next)
            stack.append((next, references(of: next)))
        }
        return nil
    }

    private func references(of name: Text) -> [Text] {
        guard let declared = definitions.common[name] else { return [] }
        var found: [Text] = []
        collect(declared.content.type, declared.namespace, &found)
        return found
    }

    private func collect(_ type: SchemaType, _ namespace: Text, _ found: inout [Text]) {
        switch type {
        case .bool, .long, .string, .entity, .extension: return
        case .set(let element): collect(element, namespace, &found)
        case .record(let attributes): for attribute in attributes { collect(attribute.type, namespace, &found) }
        case .common(let name): if case .common(let other)? = lookup.find(name.text, in: namespace, .common) { found.append(other) }
        case .entityOrCommon(let name): if case .common(let other)? = lookup.find(name.text, in: namespace, .any) { found.append(other) }
        }
    }
}
