/// Looks up all names of a schema and puts common types in their places.
struct SchemaResolver {
    private let definitions: SchemaDefinitions
    private let lookup: SchemaLookup
    private var faults: SchemaFaults
    private var types = TypeTable()
    private var common: [Text: TypeID] = [:]
    /// Of entity types, in the order of their declaration, and then of the types of actions.
    private let places: [Text: Int32]

    static func resolve(_ fragments: [SchemaFragment], _ sources: [SchemaSource]) throws(SchemaError) -> SchemaModel {
        var faults = SchemaFaults(sources)
        var definitions = SchemaDefinitions()
        for (index, fragment) in fragments.enumerated() {
            for namespace in fragment.namespaces { definitions.add(namespace, of: index, &faults) }
        }
        definitions.refuseShadowing(&faults)
        try faults.refuse()
        var resolver = SchemaResolver(definitions, faults)
        return try resolver.model()
    }

    private init(_ definitions: SchemaDefinitions, _ faults: SchemaFaults) {
        self.definitions = definitions
        self.faults = faults
        lookup = SchemaLookup(definitions)
        let names = definitions.entities.map(\.name) + definitions.actionTypes
        places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    }

    private mutating func model() throws(SchemaError) -> SchemaModel {
        try resolveCommonTypes()
        var entityTypes = definitions.entities.map { entityType($0.name, $0.declared) }
        let actions = definitions.actions.map { action($0.uid, $0.declared) }
        try faults.refuse()
        entityTypes += definitions.actionTypes.map { SchemaModel.EntityType(name: $0, isAction: true) }
        var hierarchy = SchemaHierarchy(entityTypes, actions)
        for (index, (_, declared)) in definitions.entities.enumerated() {
            for parent in declared.content.parents {
                guard let found = place(ofEntity: parent, declared.namespace) else { continue }
                hierarchy.parents[index].append(found)
            }
        }
        do throws(SchemaFault) {
            return try hierarchy.model(types)
        } catch {
            let place = definitions.actions.first { $0.uid.description == error.suggestion }?.declared
            faults.add(error.message, place?.content.name.place ?? .nowhere, place?.fragment ?? 0)
            throw SchemaError(faults: faults.list)
        }
    }

    // MARK: Declarations

    private mutating func entityType(_ name: Text, _ declared: SchemaDefinitions.Declared<SchemaFragment.EntityType>) -> SchemaModel.EntityType {
        var type = SchemaModel.EntityType(name: name, isAction: false)
        for parent in declared.content.parents {
            if place(ofEntity: parent, declared.namespace) == nil { report(parent, declared.namespace, declared.fragment, .entity) }
        }
        type.ids = declared.content.ids
        type.tags = declared.content.tags.flatMap { resolve($0, declared.namespace, declared.fragment) }
        guard let shape = resolve(declared.content.shape, declared.namespace, declared.fragment) else { return type }
        guard case .record(let attributes, _) = types[shape] else {
            faults.add("the shape of `\(name)` is no record", declared.content.name.place, declared.fragment)
            return type
        }
        type.attributes = attributes
        type.record = shape
        return type
    }

    private mutating func action(_ uid: EntityUID, _ declared: SchemaDefinitions.Declared<SchemaFragment.Action>) -> SchemaModel.Action {
        let applies = declared.content.appliesTo ?? .init()
        let principals = entities(applies.principals, declared.namespace, declared.fragment)
        let resources = entities(applies.resources, declared.namespace, declared.fragment)
        var context = resolve(applies.context, declared.namespace, declared.fragment) ?? TypeTable.emptyRecord
        if case .record = types[context] {
        } else {
            faults.add("the context of the action \(uid) is no record", declared.content.name.place, declared.fragment)
            context = TypeTable.emptyRecord
        }
        let parents = declared.content.parents.compactMap { parent($0, declared) }
        return SchemaModel.Action(
            uid: uid, type: places[uid.type] ?? 0, parents: parents, principals: principals, resources: resources, context: context)
    }

    private mutating func parent(
        _ reference: SchemaFragment.ActionReference, _ declared: SchemaDefinitions.Declared<SchemaFragment.Action>
    ) -> EntityUID? {
        let type = reference.type?.text ?? Text(SchemaNames.action)
        let candidates = SchemaLookup.candidates(type, in: declared.namespace).map { EntityUID(type: $0, id: reference.id.text) }
        if let uid = candidates.first(where: definitions.actionUIDs.contains) { return uid }
        guard !faults.isFull else { return nil }
        let near = Spelling.nearest(to: reference.id.text.string, in: definitions.actions.map(\.uid.id.string))
        faults.add(
            "there is no action \(candidates[0])", reference.id.place, declared.fragment, suggestion: near.map { "did you mean \(Text($0).quoted)?" })
        return nil
    }

    private mutating func entities(_ names: [SchemaName], _ namespace: Text, _ fragment: Int) -> [Int32] {
        var seen: Set<Int32> = []
        for name in names {
            guard let place = place(ofEntity: name, namespace) else {
                report(name, namespace, fragment, .entity)
                continue
            }
            seen.insert(place)
        }
        return seen.sorted()
    }

    /// A declared entity type; that of actions is none.
    private func place(ofEntity name: SchemaName, _ namespace: Text) -> Int32? {
        guard case .entity(let found)? = lookup.find(name.text, in: namespace, .entity), definitions.entityNames.contains(found) else { return nil }
        return places[found]
    }

    private mutating func report(_ name: SchemaName, _ namespace: Text, _ fragment: Int, _ kind: SchemaLookup.Kind) {
        guard !faults.isFull else { return }
        let near = lookup.nearest(to: name.text, in: namespace, kind)
        faults.add("there is no \(kind.words) `\(name)`", name.place, fragment, suggestion: near.map { "did you mean `\($0)`?" })
    }

    // MARK: Types

    /// Nil where a name refers to nothing, which is told.
    private mutating func resolve(_ type: SchemaType, _ namespace: Text, _ fragment: Int) -> TypeID? {
        switch type {
        case .bool: return TypeTable.bool
        case .long: return TypeTable.long
        case .string: return TypeTable.string
        case .extension(let name):
            guard let found = ExtensionType(rawValue: name.text.string) else {
                let near = Spelling.nearest(to: name.text.string, in: ExtensionType.allCases.map(\.rawValue))
                faults.add("there is no extension type `\(name)`", name.place, fragment, suggestion: near.map { "did you mean `\($0)`?" })
                return nil
            }
            return TypeTable.extension(found)
        case .entity(let name): return resolve(name, namespace, fragment, .entity)
        case .common(let name): return resolve(name, namespace, fragment, .common)
        case .entityOrCommon(let name): return resolve(name, namespace, fragment, .any)
        case .set(let element): return resolve(element, namespace, fragment).map { types.id(of: .set($0)) }
        case .record(let attributes): return record(attributes, namespace, fragment)
        }
    }

    private mutating func resolve(_ name: SchemaName, _ namespace: Text, _ fragment: Int, _ kind: SchemaLookup.Kind) -> TypeID? {
        switch lookup.find(name.text, in: namespace, kind) {
        case .builtin(let type): return type
        // Nil where that one is at fault, which was told.
        case .common(let found): return common[found]
        case .entity(let found): return places[found].map { types.id(of: .entity([$0])) }
        case nil:
            report(name, namespace, fragment, kind)
            return nil
        }
    }

    private mutating func record(_ attributes: [SchemaType.Attribute], _ namespace: Text, _ fragment: Int) -> TypeID? {
        var members: [AttributeType] = []
        var isWhole = true
        for attribute in attributes {
            guard let type = resolve(attribute.type, namespace, fragment) else {
                isWhole = false
                continue
            }
            members.append(AttributeType(name: attribute.name.text, type: type, isRequired: attribute.isRequired))
        }
        members.sort { $0.name < $1.name }
        return isWhole ? types.id(of: .record(members, isOpen: false)) : nil
    }

    // MARK: Common types

    /// Each after those that it names.
    private mutating func resolveCommonTypes() throws(SchemaError) {
        var order = CommonTypeOrder(definitions, lookup)
        for name in definitions.commonNames {
            guard let ring = order.visit(name) else { continue }
            guard let declared = definitions.common[ring] else { continue }
            faults.add("the common type `\(ring)` is made of itself", declared.content.name.place, declared.fragment)
            try faults.refuse()
        }
        for name in order.sorted {
            guard let declared = definitions.common[name] else { continue }
            guard let type = resolve(declared.content.type, declared.namespace, declared.fragment) else { continue }
            if types.depth(of: type) > SchemaLimits.resolvedDepth {
                faults.add(
                    "the common type `\(name)` is nested deeper than \(SchemaLimits.resolvedDepth) levels", declared.content.name.place,
                    declared.fragment)
                try faults.refuse()
            }
            common[name] = type
        }
    }
}
