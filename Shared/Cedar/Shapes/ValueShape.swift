/// What is known of a value before its JSON is read. With it entities and values of extension types need no escapes.
public indirect enum ValueShape: Hashable, Sendable {
    /// Nothing: the JSON must say it all.
    case any
    /// An entity, which may be written `{"type": …, "id": …}`.
    case entity
    /// A value of an extension type, by the name of its constructor; it may be written as the constructor's argument alone.
    case `extension`(String)
    case set(ValueShape)
    /// Attributes that are not named are of any shape.
    case record([Text: ValueShape])
}

/// Knows the shapes of what entities and contexts hold: a schema does.
public protocol ValueShapes: Sendable {
    /// Of the attributes of entities of one type, as a record; nil where the type is not known.
    func attributes(of type: Text) -> ValueShape?
    /// Of each tag of entities of one type.
    func tags(of type: Text) -> ValueShape?
    /// Of the context of one action.
    func context(of action: EntityUID) -> ValueShape?
    /// The actions themselves, with their groups: they are entities that nobody writes down.
    var actions: [Entity] { get }
}
