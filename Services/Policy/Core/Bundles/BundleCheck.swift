internal import Cedar
public import FoundationEssentials
internal import JSON
internal import SessionRules
internal import Trust

/// All that a bundle must pass before it is stored: parsed, compiled, validated, and its own tests.
public struct BundleCheck: Sendable {
    /// Nil where something is wrong.
    public private(set) var bundle: CompiledBundle?
    public private(set) var problems: [BundleProblem] = []
    public private(set) var results: [BundleTestResult] = []

    /// - Parameters:
    ///   - content: The whole, or a client's own part over `blueprint`, by which faults are then placed.
    ///   - time: At which the tests ask.
    public init(_ content: BundleContent, over blueprint: Blueprint? = nil, validator: any BundleValidator, time: Date) {
        do throws(BundleProblems) {
            if let blueprint { try blueprint.check(content) }
            let whole = blueprint.map { $0.composed(with: content) } ?? content
            let compiled = try CompiledBundle.compile(whole)
            problems += Self.grantReaders(compiled)
            if !whole.schema.isEmpty {
                problems += validator.problems(compiled.sessionRules.policiesToValidate, entities: whole.entities, schema: whole.schema)
            }
            if let expires = whole.expires, expires <= time {
                problems.append(BundleProblem(line: 0, column: 0, message: "it has expired already", fix: "give it a time in the future"))
            }
            guard problems.isEmpty else { return }
            let tests = try BundleTest.read(whole.tests)
            results = tests.map { $0.run(on: compiled, at: time) }
            problems += results.filter { !$0.passed }.map(\.problem)
            bundle = problems.isEmpty ? compiled : nil
        } catch {
            problems += error.problems
        }
    }

    /// A policy that is no gate and looks at grants would make one person's approval of a gate decide something else.
    private static func grantReaders(_ bundle: CompiledBundle) -> [BundleProblem] {
        bundle.policies.policies.filter { bundle.gates[$0.id] == nil && $0.readsGrants }.map {
            BundleProblem(
                $0, "only a gated forbid looks at context.grants: an approval opens its gate, and nothing else",
                fix: "annotate the forbid with @gate(\"approval\") @approvers(\"…\"), or leave context.grants out")
        }
    }
}

extension Policy {
    fileprivate var readsGrants: Bool {
        tree.nodes.contains { node in
            switch node.kind {
            case .attribute(let base, let name): tree[base].kind == .variable(.context) && name == "grants"
            case .has(let base, let path): tree[base].kind == .variable(.context) && path.first == "grants"
            default: false
            }
        }
    }
}
