public import FoundationEssentials
internal import Identity
public import RPC

extension SpanRecorder {
    /// Runs `body` as a span below `context`: the calls that it makes, the receipts that it signs and what it logs hang below that span.
    public func within<T>(
        _ context: CallContext, _ name: String, _ kind: Span.Kind, _ attributes: [Span.Attribute] = [], isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> T
    ) async rethrows -> T {
        var inner = context
        inner.trace = context.trace.child()
        let start = Date()
        func ended(_ failure: String?) {
            record(
                Span(
                    name: name, kind: kind, trace: inner.trace, parentSpanID: context.trace.spanID, start: start, end: max(start, Date()),
                    attributes: attributes, failure: failure))
        }
        do {
            let value = try await RequestContext.$current.withValue(inner, operation: body)
            ended(nil)
            return value
        } catch {
            ended(SpanFailure.text(error))
            throw error
        }
    }
}

/// What a span may say of an error: never its message, which can hold what a person typed.
enum SpanFailure {
    static func text(_ error: any Error) -> String {
        if let error = error as? RPCError { return error.reason.isEmpty ? error.code.description : error.reason }
        return String(describing: type(of: error))
    }
}
