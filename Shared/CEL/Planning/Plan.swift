/// An expression made ready: operations in one array that name each other by number, with every name resolved as far as it can be
/// before there are values. Operations hold nothing but numbers, so that walking them copies and counts nothing.
struct Plan: Sendable {
    typealias Index = Int32

    struct Span: Sendable {
        var start: Int32
        var count: Int32
    }

    enum Operation: Sendable {
        case constant(Int32)
        /// A name that a macro has bound.
        case local(slot: Int32)
        /// The same where the value is worked out when it is first needed.
        case lazyLocal(group: Int32, offset: Int32)
        /// A free name: the names it may mean, in order.
        case variable(Int32)
        /// `a.b`, which may be one name of a variable or type; else it is the operation.
        case qualified(Int32, otherwise: Index)
        case select(Index, member: Int32, isOptional: Bool)
        case presence(Index, member: Int32)
        case index(Index, Index, isOptional: Bool)
        case call(Int32, Span)
        case unknownCall(Int32)
        case matches(Index, regex: Int32)
        /// `or` and `orValue`: the second is evaluated where the first has no value.
        case fallback(Index, Index, isUnwrapped: Bool)
        case list(Span)
        case sparseList(Span, optional: Int32)
        case map(Span)
        case sparseMap(Span, optional: Int32)
        case message(Int32)
        case unary(SyntaxNode.UnaryOperator, count: Int32, Index)
        case binary(SyntaxNode.BinaryOperator, Index, Index)
        case all(Span)
        case any(Span)
        case conditional(Index, Index, Index)
        case comprehension(Int32)
        case bindings(Int32, result: Index)
        case optionalMap(Index, slot: Int32, result: Index, isFlat: Bool)
    }

    /// What a free name may mean.
    struct Name: Sendable {
        /// As it was written.
        var text: String
        /// Within the container, from the innermost.
        var candidates: [String]
        /// It is the name of a type, as `google.protobuf.Timestamp`.
        var isType: Bool
    }

    struct Comprehension: Sendable {
        var macro: SyntaxNode.Comprehension.Macro
        var range: Index
        var slots: [Int]
        var predicate: Index?
        var transform: Index?
    }

    struct BindingGroup: Sendable {
        var firstSlot: Int
        var values: [Index]
    }

    var operations: [Operation] = []
    /// Of each operation.
    var positions: [CELPosition] = []
    var constants: [CELValue] = []
    var names: [Name] = []
    var members: [String] = []
    var children: [Index] = []
    var flags: [[Bool]] = []
    var functions: [CELFunction] = []
    var regexes: [RegularExpression] = []
    var comprehensions: [Comprehension] = []
    var groups: [BindingGroup] = []
    var slots = 0
    var root: Index = 0
}
