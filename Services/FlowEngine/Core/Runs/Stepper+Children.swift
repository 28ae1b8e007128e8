internal import JSON
internal import Trust

/// Runs of other flows.
extension Stepper {
    mutating func begin(_ node: SubflowNode) {
        let depth = (state.parent?.depth ?? 0) + 1
        guard depth <= RunMachine.maximumDepth else {
            return fail("too-deep", "\(RunMachine.maximumDepth) runs stand above this one already; does a flow start itself?")
        }
        guard let version = node.version.flatMap(SHA256Digest.init(hex:)) else { return fail("document", "'\(node.flow)' is locked to no version") }
        do throws(ExpressionFailure) {
            let input = try node.input.resolve(scope)
            let child = DerivedIdentity.child(state, seq: seq)
            at?.phase = .running(child)
            record(.waiting, input: input)
            actions.append(
                .startChild(
                    ChildStart(
                        seq: seq, run: child, flow: node.flow, version: version, input: input,
                        parent: RunParent(run: state.run, seq: seq, depth: depth))))
            if let timeout = node.timeout { actions.append(.startTimer(.limit, seq: seq, after: timeout)) }
        } catch {
            fail("expression", error.description)
        }
    }

    mutating func childClosed(_ closing: RunClosing) {
        actions.append(.stopTimers(seq: seq))
        guard closing.state == .succeeded else {
            return leave(
                by: "error", as: .failed,
                error: [
                    "class": .string(closing.outcome), "message": .string(closing.message.isEmpty ? closing.outcome : closing.message),
                    "output": closing.output,
                ])
        }
        leave(by: "success", output: closing.output)
    }

    private mutating func fail(_ errorClass: String, _ message: String) {
        leave(by: "error", as: .failed, error: ["class": .string(errorClass), "message": .string(message)])
    }
}
