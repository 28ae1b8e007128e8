extension SchemaFragment {
    /// The same schema, in which each name of a type says by itself what it refers to: an entity type, a common type, or one of Cedar's own.
    /// All that it names must be in it.
    public func resolvingNames() throws(SchemaError) -> SchemaFragment {
        _ = try Schema([self])
        var definitions = SchemaDefinitions()
        var faults = SchemaFaults([.none])
        for namespace in namespaces { definitions.add(namespace, of: 0, &faults) }
        let naming = WholeNames(lookup: SchemaLookup(definitions))
        var resolved = self
        resolved.namespaces = namespaces.map(naming.namespace)
        return resolved
    }
}

/// Puts whole names in the places of those that are looked up.
private struct WholeNames {
    let lookup: SchemaLookup

    func namespace(_ namespace: SchemaFragment.Namespace) -> SchemaFragment.Namespace {
        let space = namespace.name.text
        var result = namespace
        result.common = namespace.common.map { .init(name: $0.name, annotations: $0.annotations, type: type($0.type, space)) }
        result.entities = namespace.entities.map { entity in
            var entity = entity
            entity.parents = entity.parents.map { name($0, space, .entity) }
            entity.shape = type(entity.shape, space)
            entity.tags = entity.tags.map { type($0, space) }
            return entity
        }
        result.actions = namespace.actions.map { action in
            var action = action
            if let applies = action.appliesTo {
                action.appliesTo?.principals = applies.principals.map { name($0, space, .entity) }
                action.appliesTo?.resources = applies.resources.map { name($0, space, .entity) }
                action.appliesTo?.context = type(applies.context, space)
            }
            return action
        }
        return result
    }

    private func name(_ name: SchemaName, _ space: Text, _ kind: SchemaLookup.Kind) -> SchemaName {
        switch lookup.find(name.text, in: space, kind) {
        case .entity(let whole), .common(let whole): SchemaName(whole, name.place)
        case .builtin, nil: name
        }
    }

    private func type(_ type: SchemaType, _ space: Text) -> SchemaType {
        switch type {
        case .bool, .long, .string, .extension: return type
        case .set(let element): return .set(self.type(element, space))
        case .record(let attributes):
            return .record(
                attributes.map { .init(name: $0.name, annotations: $0.annotations, isRequired: $0.isRequired, type: self.type($0.type, space)) })
        case .entity(let reference): return .entity(name(reference, space, .entity))
        case .common(let reference): return named(reference, space, .common)
        case .entityOrCommon(let reference): return named(reference, space, .any)
        }
    }

    private func named(_ reference: SchemaName, _ space: Text, _ kind: SchemaLookup.Kind) -> SchemaType {
        switch lookup.find(reference.text, in: space, kind) {
        case .entity(let whole): .entity(SchemaName(whole, reference.place))
        case .common(let whole): .common(SchemaName(whole, reference.place))
        case .builtin(TypeTable.bool): .bool
        case .builtin(TypeTable.long): .long
        case .builtin(TypeTable.string): .string
        case .builtin, nil: .extension(SchemaName(Text(TypeName.basename(of: reference.text)), reference.place))
        }
    }
}
