/// Everything that the texts of a schema declare, by whole names.
struct SchemaDefinitions {
    struct Declared<T> {
        let namespace: Text
        let fragment: Int
        let content: T
    }

    private(set) var entities: [(name: Text, declared: Declared<SchemaFragment.EntityType>)] = []
    private(set) var actions: [(uid: EntityUID, declared: Declared<SchemaFragment.Action>)] = []
    private(set) var common: [Text: Declared<SchemaFragment.CommonType>] = [:]
    private(set) var commonNames: [Text] = []
    private(set) var entityNames: Set<Text> = []
    private(set) var actionUIDs: Set<EntityUID> = []
    /// Those that have actions; they are no entity types that a schema declares, but attributes may be of them.
    private(set) var actionTypes: [Text] = []

    mutating func add(_ namespace: SchemaFragment.Namespace, of fragment: Int, _ faults: inout SchemaFaults) {
        let space = namespace.name.text
        for type in namespace.common {
            let name = SchemaNames.qualified(type.name.text, in: space)
            if SchemaNames.keywords.contains(type.name.text.string) {
                faults.add("`\(type.name)` is a word of the syntax and names no common type", type.name.place, fragment)
            } else if common.updateValue(Declared(namespace: space, fragment: fragment, content: type), forKey: name) != nil {
                faults.add("the common type `\(name)` is declared twice", type.name.place, fragment)
            } else {
                commonNames.append(name)
            }
        }
        for entity in namespace.entities {
            let name = SchemaNames.qualified(entity.name.text, in: space)
            if entity.name.text.string == SchemaNames.action {
                faults.add("`\(SchemaNames.action)` is the type of actions and declared with them", entity.name.place, fragment)
            } else if entityNames.insert(name).inserted {
                entities.append((name, Declared(namespace: space, fragment: fragment, content: entity)))
            } else {
                faults.add("the entity type `\(name)` is declared twice", entity.name.place, fragment)
            }
        }
        addActions(namespace, fragment, &faults)
    }

    private mutating func addActions(_ namespace: SchemaFragment.Namespace, _ fragment: Int, _ faults: inout SchemaFaults) {
        let type = SchemaNames.qualified(Text(SchemaNames.action), in: namespace.name.text)
        if !namespace.actions.isEmpty, !actionTypes.contains(type) { actionTypes.append(type) }
        for action in namespace.actions {
            let uid = EntityUID(type: type, id: action.name.text)
            if actionUIDs.insert(uid).inserted {
                actions.append((uid, Declared(namespace: namespace.name.text, fragment: fragment, content: action)))
            } else {
                faults.add("the action \(uid) is declared twice", action.name.place, fragment)
            }
        }
    }

    /// What stands outside of any namespace is known in all of them, so that none may declare its name again.
    func refuseShadowing(_ faults: inout SchemaFaults) {
        let free = entityNames.union(commonNames).filter { !SchemaNames.isQualified($0) }
        if !free.isEmpty {
            for (name, declared) in entities { refuse(name, declared.content.name, declared, free, &faults) }
            for name in commonNames { if let declared = common[name] { refuse(name, declared.content.name, declared, free, &faults) } }
        }
        let freeActions = Set(actions.filter { $0.declared.namespace == "" }.map(\.uid.id))
        for (uid, declared) in actions where declared.namespace != "" && freeActions.contains(uid.id) {
            faults.add(
                "the action \(uid) shadows Action::\(uid.id.quoted)", declared.content.name.place, declared.fragment, suggestion: "rename one of them"
            )
        }
    }

    private func refuse<T>(_ name: Text, _ base: SchemaName, _ declared: Declared<T>, _ free: Set<Text>, _ faults: inout SchemaFaults) {
        guard declared.namespace != "", free.contains(base.text) else { return }
        faults.add(
            "`\(name)` shadows `\(base)`, which stands outside of any namespace", base.place, declared.fragment, suggestion: "rename one of them")
    }
}

/// What is wrong so far.
struct SchemaFaults {
    let sources: [SchemaSource]
    private(set) var list: [SchemaError.Fault] = []

    init(_ sources: [SchemaSource]) { self.sources = sources }

    /// Whether what is added is no longer told; who looks for advice need not.
    var isFull: Bool { list.count >= SchemaLimits.faults }

    mutating func add(_ message: String, _ place: SchemaPlace, _ fragment: Int, suggestion: String? = nil) {
        guard !isFull else { return }
        list.append(sources[fragment].fault(SchemaFault(message, place, suggestion: suggestion)))
    }

    func refuse() throws(SchemaError) {
        guard list.isEmpty else { throw SchemaError(faults: list) }
    }
}
