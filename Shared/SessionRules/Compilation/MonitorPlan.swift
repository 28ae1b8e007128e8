internal import Cedar

/// What a set of session rules needs to know of events, and how each rule is answered from it: flat arrays that name each other by index.
final class MonitorPlan: Sendable {
    /// Events of one action and kind that some rule mentions.
    struct Table: Sendable {
        let action: EntityUID
        let kind: String
        /// The fields that rules mention, which are all that is kept.
        let columns: [[String]]
        /// How far back any rule looks at them.
        let horizonMicros: Int64
        let stores: [Store]
    }

    /// The events of a table that have certain fields, by the values of some of them.
    struct Store: Sendable {
        let keys: [Int]
        /// Columns besides the keys that must be there.
        let required: [Int]
        /// Columns of which running sums are kept.
        let summed: [Int]
    }

    /// What a rule is asked about, besides events.
    enum Parameter: Hashable, Sendable {
        case context([String])
        case scope(ScopeVariable, [String])
    }

    /// A value that is known when it is needed.
    enum Operand: Hashable, Sendable {
        case constant(Int32)
        case parameter(Int32)
        case slot(Int32)
    }

    /// Its parts stand in `keys`, `binds` and `filters`, so that it can be copied for nothing.
    struct Pattern: Sendable {
        let table: Int
        let store: Int
        /// One for each key of the store.
        let keys: Range<Int>
        /// Columns that give a variable its value.
        let binds: Range<Int>
        /// Further conditions on columns.
        let filters: Range<Int>
    }

    struct Bind: Sendable {
        let column: Int
        let slot: Int
    }

    struct Filter: Sendable {
        let column: Int
        let operand: Operand
    }

    /// How the timepoints at which something may hold are found.
    struct Anchor: Sendable {
        /// -1 where every timepoint is looked at.
        var pattern: Int32
        /// Whether the pattern itself is a part of what must hold, and binds its variables.
        var isDirect: Bool
        /// What else must hold there; -1 for nothing.
        var body: Int32
    }

    enum Node: Sendable {
        case all(first: Int32, count: Int32)
        case not(Int32)
        case formerly(window: Int64, anchor: Int32)
        case previous(window: Int64, body: Int32)
        /// `body` holds at each timepoint since.
        case since(window: Int64, anchor: Int32, body: Int32, isFixed: Bool)
        /// No event of the pattern since.
        case absentSince(window: Int64, anchor: Int32, pattern: Int32)
        case pattern(Int32)
        case comparison(Relation, Side, Side)
        case exists(slot: Int32, body: Int32)
        case timepoint(slot: Int32)
        /// What gives no variable a value: it holds or not, however often.
        case test(Int32)
        /// What depends on nothing but the request, and is asked for once a decision.
        case shared(Int32, body: Int32)
    }

    enum Side: Sendable {
        case operand(Operand)
        case aggregate(Int32)
        /// A wildcard, which equals nothing.
        case nothing
    }

    struct Aggregate: Sendable {
        enum Shortcut: Sendable {
            case none
            /// Events of a pattern in a window.
            case count(pattern: Int32, window: Int64)
            /// The sum of a column over them.
            case sum(pattern: Int32, window: Int64, sum: Int)
        }

        /// The position among `slots` of what is summed; nil where rows are counted.
        let summed: Int?
        let slots: [Int]
        let body: Int32
        let shortcut: Shortcut
        /// Whether it depends on nothing but the request.
        let isShared: Bool
        /// For explanations.
        let span: SourceSpan
    }

    /// A condition that some rules share.
    struct Root: Sendable {
        let node: Int32
        let slots: Int
    }

    let tables: [Table]
    let tableByEvent: [EventKey: Int]
    let constants: [Value]
    let constantHashes: [UInt64]
    let parameters: [Parameter]
    let patterns: [Pattern]
    let keys: [Operand]
    let binds: [Bind]
    let filters: [Filter]
    let anchors: [Anchor]
    let nodes: [Node]
    let children: [Int32]
    let aggregates: [Aggregate]
    /// How many conditions are shared.
    let sharedCount: Int
    let roots: [Root]
    /// The root of each rule.
    let rootOfRule: [Int]
    /// Rules by the action that their policies are about.
    let rulesByAction: [EntityUID: [Int]]
    /// Rules of policies that may be about any action.
    let rulesOfAnyAction: [Int]
    let scopes: [Scope]
    /// How far back timepoints themselves are kept; nil where no rule needs them.
    let timelineMicros: Int64?
    /// Fields that every rule compares with the request, and what with.
    let partition: [(path: [String], parameter: Int)]

    /// - Parameter formulas: In the order in which their rules are answered.
    init(formulas: [(Formula, Scope)], schema: EventSchema) {
        var compiler = PlanCompiler(schema: schema)
        var byText: [String: Int] = [:]
        var rootOfRule: [Int] = []
        var roots: [Root] = []
        for (formula, _) in formulas {
            let text = CanonicalFormula.text(of: formula)
            if let known = byText[text] {
                rootOfRule.append(known)
            } else {
                byText[text] = roots.count
                rootOfRule.append(roots.count)
                roots.append(compiler.root(formula))
            }
        }
        self.roots = roots
        self.rootOfRule = rootOfRule
        scopes = formulas.map(\.1)
        var byAction: [EntityUID: [Int]] = [:]
        var ofAny: [Int] = []
        for (rule, scope) in scopes.enumerated() {
            if case .equal(let action) = scope.action { byAction[action, default: []].append(rule) } else { ofAny.append(rule) }
        }
        rulesByAction = byAction
        rulesOfAnyAction = ofAny
        tables = compiler.finishedTables()
        tableByEvent = compiler.tableByEvent
        constants = compiler.constants
        constantHashes = compiler.constants.map(ValueHash.of)
        patterns = compiler.patterns
        keys = compiler.keys
        binds = compiler.binds
        filters = compiler.filters
        sharedCount = compiler.shared.count
        anchors = compiler.anchors
        nodes = compiler.nodes
        children = compiler.children
        aggregates = compiler.aggregates
        timelineMicros = compiler.timelineMicros
        partition = schema.partition.map { ($0.path, compiler.parameter($0.reference.parameter)) }
        parameters = compiler.parameters
    }
}

extension MonitorPlan {
    /// The rules of policies that may be about an action, in their order.
    func rules(about action: EntityUID) -> [Int] {
        guard let own = rulesByAction[action] else { return rulesOfAnyAction }
        guard !rulesOfAnyAction.isEmpty else { return own }
        var merged: [Int] = []
        merged.reserveCapacity(own.count + rulesOfAnyAction.count)
        var (mine, others) = (own[...], rulesOfAnyAction[...])
        while let a = mine.first, let b = others.first {
            if a < b { merged.append(mine.removeFirst()) } else { merged.append(others.removeFirst()) }
        }
        return merged + mine + others
    }
}

/// What an event is found by.
struct EventKey: Hashable, Sendable {
    let action: EntityUID
    let kind: Text
}

extension EventSchema.Reference {
    var parameter: MonitorPlan.Parameter {
        switch self {
        case .context(let path): .context(path)
        case .scope(let variable, let path): .scope(variable, path)
        }
    }
}

/// Hashes of values and of rows of them. They differ from process to process, and are never stored.
enum ValueHash {
    static func of(_ value: Value) -> UInt64 { UInt64(bitPattern: Int64(value.hashValue)) }

    @inline(__always)
    static func combined(_ hash: UInt64, _ next: UInt64) -> UInt64 {
        let mixed = (hash ^ next) &* 0x9E37_79B9_7F4A_7C15
        return mixed ^ (mixed >> 29)
    }

    static let seed: UInt64 = 0x5E55_1011_5EED
}
