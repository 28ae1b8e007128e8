/// A condition on the rows of a table that holds for exactly those that a request may have as its resource.
public struct SQLFilter: Sendable, Hashable {
    /// For a WHERE clause, in PostgreSQL's dialect; values are `$1`, `$2` and so on.
    public let text: String
    public let parameters: [Parameter]

    public enum Parameter: Sendable, Hashable {
        case bool(Bool)
        case long(Int64)
        case text(String)
        case bools([Bool])
        case longs([Int64])
        case texts([String])
    }

    /// What a forbid that errs does to a row.
    public enum ErringForbid: Sendable {
        /// As Cedar has it: nothing.
        case isSkipped
        /// As a decision of this platform has it: no row that it might be about is shown.
        case denies
    }
}

extension Authorizer {
    /// The rows that `principal` may do `action` to. Cedar's own meaning is kept to the last error: what errs in a policy is NULL in SQL, and
    /// `&&` and `||` look at their right side only where Cedar does.
    ///
    /// - Throws: Where a policy asks what no column tells, or what SQL would answer otherwise, such as sums, which overflow. Nothing is left
    ///   out silently.
    public static func filter(
        principal: EntityUID, action: EntityUID, context: RecordValue, _ policySet: PolicySet, _ entities: Entities, columns: FilterColumns,
        erringForbid: SQLFilter.ErringForbid = .isSkipped
    ) throws(FilterError) -> SQLFilter {
        let request = PartialRequest(principal: .known(principal), action: .known(action), resource: .open(type: columns.type), context: context)
        let response = partially(request, policySet, entities)
        let isStopped = erringForbid == .denies && response.errors.contains { $0.effect == .forbid }
        guard response.satisfiedForbids.isEmpty, !isStopped else { return SQLFilter(text: "FALSE", parameters: []) }
        var writer = SQLFilterWriter(columns: columns)
        var permits: [String] = []
        var forbids: [String] = []
        for policy in response.residuals {
            if policy.effect == .forbid {
                let end = erringForbid == .denies ? "IS FALSE" : "IS NOT TRUE"
                forbids.append("\(try writer.condition(of: policy)) \(end)")
            } else if response.satisfiedPermits.isEmpty {
                permits.append("\(try writer.condition(of: policy)) IS TRUE")
            }
        }
        if response.satisfiedPermits.isEmpty {
            guard !permits.isEmpty else { return SQLFilter(text: "FALSE", parameters: []) }
            forbids.insert(permits.count == 1 ? permits[0] : "(\(permits.joined(separator: " OR ")))", at: 0)
        }
        return SQLFilter(text: forbids.isEmpty ? "TRUE" : forbids.joined(separator: " AND "), parameters: writer.parameters)
    }
}
