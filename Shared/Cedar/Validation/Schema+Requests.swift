extension Schema {
    /// Whether the schema allows a request: its action applies to the types of its principal and its resource, and its context is as
    /// declared.
    public func check(_ request: Request) throws(DataFault) {
        let checker = ValueChecker(schema: model, entity: nil)
        let principal = try place(of: request.principal, "principal", checker)
        let resource = try place(of: request.resource, "resource", checker)
        guard let action = model.action(request.action) else {
            let near = Spelling.nearest(to: request.action.description, in: model.actions, \.uid.description)
            throw checker.fault("action", "there is no action \(request.action)", near.map { "did you mean \($0)?" })
        }
        try check(principal, in: action.principals, "principal", action, checker)
        try check(resource, in: action.resources, "resource", action, checker)
        try checker.check(.record(request.context), action.context, "context")
    }

    private func place(of uid: EntityUID, _ path: String, _ checker: ValueChecker) throws(DataFault) -> Int32 {
        guard let place = model.place(of: uid.type), !model[place].isAction else {
            let near = model.nearestEntityType(to: uid.type)
            throw checker.fault(path, "there is no entity type `\(uid.type)`", near.map { "did you mean `\($0)`?" })
        }
        try checker.check(uid, path)
        return place
    }

    private func check(
        _ place: Int32, in allowed: [Int32], _ path: String, _ action: SchemaModel.Action, _ checker: ValueChecker
    ) throws(DataFault) {
        guard !allowed.contains(place) else { return }
        let types = allowed.map { "`\(model[$0].name)`" }.joined(separator: ", ")
        throw checker.fault(
            path, "\(action.uid) does not apply to a \(path) of type `\(model[place].name)`",
            allowed.isEmpty ? "it applies to nothing: it groups other actions" : "it applies to \(types)")
    }
}
