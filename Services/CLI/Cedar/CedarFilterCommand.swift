internal import ArgumentParser
internal import Cedar
internal import JSON

/// `provable cedar filter`: which rows of a table a request may have as its resource, as SQL.
struct CedarFilterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filter", abstract: "Write what a principal may do an action to as a condition for SQL.",
        discussion: "The condition holds for exactly the rows that would be allowed one by one. What SQL would answer otherwise is refused.")

    @Option(name: [.customShort("l"), .long], help: "Principal, such as User::\"alice\".")
    var principal: String

    @Option(name: .shortAndLong, help: "Action, such as Action::\"view\".")
    var action: String

    @Option(name: .shortAndLong, help: "File with the context, a JSON object.")
    var context: String?

    @Option(help: "File that tells the columns: {\"type\", \"id\", \"attributes\": {PATH: {\"column\", \"type\", \"nullable\"}}, \"ancestors\"}.")
    var columns: String

    @Flag(help: "Show no row that a forbid which errs might be about, as the platform decides; Cedar skips such a forbid.")
    var erringForbidsDeny = false

    @OptionGroup var policies: PolicyArguments
    @OptionGroup var entities: EntityArguments

    func run() throws {
        let shapes = try entities.shapes()
        let uid = try EntityUID(parsing: action)
        let filter = try Authorizer.filter(
            principal: try EntityUID(parsing: principal), action: uid,
            context: try RecordValue(json: context.map(CedarDocument.json) ?? [:], shape: shapes?.context(of: uid) ?? .any),
            try policies.policySet(), try entities.read(shapes: shapes), columns: try FilterColumns(json: CedarDocument.json(columns)),
            erringForbid: erringForbidsDeny ? .denies : .isSkipped)
        print(filter.text)
        for (index, parameter) in filter.parameters.enumerated() { print("  $\(index + 1) = \(Self.text(parameter))") }
    }

    private static func text(_ parameter: SQLFilter.Parameter) -> String {
        switch parameter {
        case .bool(let holds): "\(holds)"
        case .long(let number): "\(number)"
        case .text(let text): Value.string(Text(text)).description
        case .bools(let list): "\(list)"
        case .longs(let list): "\(list)"
        case .texts(let list): "[\(list.map { Value.string(Text($0)).description }.joined(separator: ", "))]"
        }
    }
}
