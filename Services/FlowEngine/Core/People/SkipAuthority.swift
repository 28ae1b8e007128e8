/// What nobody can skip: a step that says "a person has agreed" or "policy allows it" is left by that port only when they have.
public enum SkipAuthority {
    /// Why this port is not for whoever skips the step; nil where it is.
    ///
    /// - Parameter roles: Of the person; nil where they are not known, and then a task is judged by its port alone.
    public static func refusal(_ node: FlowNode, port: String, roles: [String]?) -> String? {
        switch node.kind {
        case .approve where port == "approved": "an approval is given by those who are asked for it; nobody can skip it by 'approved'"
        case .guard where port == "allowed": "policy alone says that '\(node.id)' is allowed"
        case .task(let task) where port == "completed" && roles?.contains(task.role) == false:
            "only a person with the role \(task.role) can say that '\(node.id)' is done"
        default: nil
        }
    }
}
