/// The functions of CEL's standard library that stand here. Named once, for the evaluator and for the check before publishing.
enum StandardFunctions {
    private static let global: Set<String> = [
        "size", "type", "dyn", "int", "uint", "double", "string", "bytes", "bool", "contains", "startsWith", "endsWith",
    ]
    private static let member: Set<String> = ["size", "contains", "startsWith", "endsWith"]

    static func names(isMember: Bool) -> Set<String> {
        isMember ? member.union(["all", "exists", "exists_one", "map", "filter"]) : global.subtracting(member).union(["size", "has"])
    }

    static func exists(_ name: String, isMember: Bool) -> Bool { isMember ? member.contains(name) : names(isMember: false).contains(name) }
}
