public import Cedar
internal import JSON

/// How the operations of two catalogues of connectors differ, as policies see it.
public struct SchemaChange: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case operationAdded
        case operationRemoved
        case argumentAdded
        case argumentRemoved
        case typeChanged(from: String, to: String)
        /// What was always there may be missing: a policy that asks for it without `has` errs then.
        case becameOptional
        case becameRequired
    }

    public let operation: String
    /// Of the argument; empty for the operation itself.
    public let path: [String]
    public let kind: Kind

    /// Whether a policy that was valid may not be any more.
    public var isBreaking: Bool {
        switch kind {
        case .operationRemoved, .argumentRemoved, .typeChanged, .becameOptional: true
        case .operationAdded, .argumentAdded, .becameRequired: false
        }
    }
}

extension SchemaChange: CustomStringConvertible {
    public var description: String {
        let place = ([operation] + path).joined(separator: ".")
        switch kind {
        case .operationAdded, .argumentAdded: return "\(place) is new"
        case .operationRemoved, .argumentRemoved: return "\(place) is gone"
        case .typeChanged(let before, let after): return "\(place) was \(before) and is \(after)"
        case .becameOptional: return "\(place) may be missing"
        case .becameRequired: return "\(place) is always there"
        }
    }
}

/// What a change of connectors does to bundles in force, before it is made.
public struct SchemaChangeReport: Sendable {
    public let changes: [SchemaChange]
    /// Of each bundle, what the new schema finds and the old one did not.
    public let broken: [Broken]

    public struct Broken: Sendable, Hashable {
        public let bundle: String
        public let problems: [BundleProblem]
    }

    /// - Parameter bundles: By their names or digests.
    public init(from before: [ConnectorOperation], to after: [ConnectorOperation], bundles: [(name: String, bundle: CompiledBundle)]) {
        changes = Self.changes(before, after)
        let (old, new) = (ConnectorSchema(operations: before), ConnectorSchema(operations: after))
        broken = bundles.compactMap { name, bundle in
            let known = Set(old.findings(in: bundle).map { "\($0.policy)|\($0.message)" })
            let fresh = new.findings(in: bundle).filter { !known.contains("\($0.policy)|\($0.message)") }
            return fresh.isEmpty ? nil : Broken(bundle: name, problems: fresh)
        }
    }

    public var isBreaking: Bool { changes.contains(where: \.isBreaking) }

    // MARK: Changes

    private static func changes(_ before: [ConnectorOperation], _ after: [ConnectorOperation]) -> [SchemaChange] {
        let old = Dictionary(before.map { ($0.name, $0) }) { first, _ in first }
        let new = Dictionary(after.map { ($0.name, $0) }) { first, _ in first }
        return Set(old.keys).union(new.keys).sorted().flatMap { name -> [SchemaChange] in
            switch (old[name], new[name]) {
            case (nil, _): return [SchemaChange(operation: name, path: [], kind: .operationAdded)]
            case (_, nil): return [SchemaChange(operation: name, path: [], kind: .operationRemoved)]
            case (let first?, let second?):
                return changes(
                    name, ["input"], InputType.type(of: first.inputSchema) { _ in } ?? .record([]),
                    InputType.type(of: second.inputSchema) { _ in } ?? .record([]))
            }
        }
    }

    private static func changes(_ operation: String, _ path: [String], _ before: InputType, _ after: InputType) -> [SchemaChange] {
        guard case .record(let old) = before, case .record(let new) = after else {
            guard before != after else { return [] }
            return [SchemaChange(operation: operation, path: path, kind: .typeChanged(from: before.description, to: after.description))]
        }
        var found: [SchemaChange] = []
        for member in old where !new.contains(where: { $0.name == member.name }) {
            found.append(SchemaChange(operation: operation, path: path + [member.name], kind: .argumentRemoved))
        }
        for member in new {
            let place = path + [member.name]
            guard let earlier = old.first(where: { $0.name == member.name }) else {
                found.append(SchemaChange(operation: operation, path: place, kind: .argumentAdded))
                continue
            }
            if earlier.isRequired != member.isRequired {
                found.append(SchemaChange(operation: operation, path: place, kind: member.isRequired ? .becameRequired : .becameOptional))
            }
            found += changes(operation, place, earlier.type, member.type)
        }
        return found
    }
}
