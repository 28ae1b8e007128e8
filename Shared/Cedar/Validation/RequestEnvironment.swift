/// The types that one kind of request has: what a condition is checked for. A schema has as many as its actions have pairs of a principal's
/// and a resource's type.
struct RequestEnvironment {
    /// By their places in the schema.
    let principal: Int32
    let action: Int
    let resource: Int32
}
