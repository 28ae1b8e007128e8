/// A pattern as instructions of a machine that is in many places at once (Thompson's construction, as in Cox, "Regular Expression
/// Matching: the Virtual Machine Approach").
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        case scalar(Unicode.Scalar)
        case folded([Unicode.Scalar])
        case set(Int)
        /// The first is preferred.
        case split(Int, Int)
        case jump(Int)
        /// Notes the position.
        case save(Int)
        case assert(Assertion)
        case match
    }

    enum Assertion: Sendable { case start, end, lineStart, lineEnd, wordBoundary, noWordBoundary }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [PatternSet] = []
    let groups: Int

    init(_ tree: PatternNode, groups: Int) throws(CELEvaluationError) {
        self.groups = groups
        try emit(.save(0))
        try add(tree)
        try emit(.save(1))
        try emit(.match)
    }

    private mutating func emit(_ instruction: Instruction) throws(CELEvaluationError) {
        guard instructions.count < RegularExpression.instructionsMax else {
            throw CELEvaluationError(
                .limit, "a pattern comes to at most \(RegularExpression.instructionsMax) steps once its repetitions are written out",
                suggestion: "repeat less")
        }
        instructions.append(instruction)
    }

    private mutating func add(_ node: PatternNode) throws(CELEvaluationError) {
        switch node {
        case .empty: break
        case .scalar(let scalar, let ignoresCase):
            let variants = ignoresCase ? CaseFolding.variants(of: scalar) : [scalar]
            try emit(variants.count == 1 ? .scalar(scalar) : .folded(variants))
        case .set(let set):
            sets.append(set)
            try emit(.set(sets.count - 1))
        case .start: try emit(.assert(.start))
        case .end: try emit(.assert(.end))
        case .lineStart: try emit(.assert(.lineStart))
        case .lineEnd: try emit(.assert(.lineEnd))
        case .wordBoundary: try emit(.assert(.wordBoundary))
        case .noWordBoundary: try emit(.assert(.noWordBoundary))
        case .sequence(let nodes): for node in nodes { try add(node) }
        case .choice(let nodes): try add(choices: nodes)
        case .repetition(let node, let least, let most, let isGreedy):
            for _ in 0..<least { try add(node) }
            if let most { try add(node, atMost: most - least, isGreedy) } else { try add(loop: node, isGreedy) }
        case .group(let node, let number):
            try emit(.save(2 * number))
            try add(node)
            try emit(.save(2 * number + 1))
        }
    }

    private mutating func add(choices nodes: [PatternNode]) throws(CELEvaluationError) {
        var ends: [Int] = []
        for node in nodes.dropLast() {
            let split = instructions.count
            try emit(.split(split + 1, 0))
            try add(node)
            ends.append(instructions.count)
            try emit(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        if let last = nodes.last { try add(last) }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func add(loop node: PatternNode, _ isGreedy: Bool) throws(CELEvaluationError) {
        let split = instructions.count
        try emit(.split(0, 0))
        try add(node)
        try emit(.jump(split))
        let after = instructions.count
        instructions[split] = isGreedy ? .split(split + 1, after) : .split(after, split + 1)
    }

    private mutating func add(_ node: PatternNode, atMost count: Int, _ isGreedy: Bool) throws(CELEvaluationError) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(instructions.count)
            try emit(.split(0, 0))
            try add(node)
        }
        let after = instructions.count
        for split in splits { instructions[split] = isGreedy ? .split(split + 1, after) : .split(after, split + 1) }
    }
}
