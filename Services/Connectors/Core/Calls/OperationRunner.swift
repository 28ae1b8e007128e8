package import FoundationEssentials
package import JSON
package import Trust

/// Does an HTTP operation as its manifest says. It knows no sockets, no secrets and no clock: these come with `send` and `pause`.
package struct OperationRunner: Sendable {
    package typealias Send = @Sendable (RenderedRequest) async -> VendorExchange

    /// What happened, and the digests that the receipt states.
    package struct Performance: Sendable, Hashable {
        package enum Result: Sendable, Hashable {
            case succeeded(output: JSONValue)
            case failed(CallFailure)
            /// It may have happened.
            case ambiguous(CallFailure)
        }

        package var result: Result
        package var requestDigest: SHA256Digest?
        package var responseDigest: SHA256Digest?
        package var status: Int?
        /// It was so already, and nothing was sent that changes anything.
        package var isReadBack = false

        package init(_ result: Result) { self.result = result }
    }

    package enum ReadBack: Sendable, Hashable {
        case found(output: JSONValue)
        /// It is not there. `isCertain` says whether it will not appear later.
        case absent(isCertain: Bool)
        case failed(CallFailure)
    }

    private let operation: OperationManifest
    private let http: HTTPOperation
    private let reader: ResponseReader
    private let send: Send

    package init(_ operation: OperationManifest, _ http: HTTPOperation, failures: FailureRules?, send: @escaping Send) {
        self.operation = operation
        self.http = http
        reader = ResponseReader(rules: failures)
        self.send = send
    }

    // MARK: The call itself

    package func perform(_ scope: CallScope) async -> Performance {
        if let rule = http.readBackGuard(for: scope.input), rule.isAskedFirst {
            switch await readBack(rule, scope) {
            case .found(let output):
                var performance = Performance(.succeeded(output: output))
                performance.isReadBack = true
                return performance
            case .failed(let failure): return Performance(.failed(failure))
            case .absent: break
            }
        }
        let prepared: CallScope
        switch await lookUp(http.lookups, scope) {
        case .success(let scope): prepared = scope
        case .failure(let failure): return Performance(.failed(failure))
        }
        let request: RenderedRequest
        do { request = try http.request.render(prepared.values) } catch { return Performance(.failed(Self.unfillable(error))) }
        return await perform(request, prepared)
    }

    private func perform(_ request: RenderedRequest, _ scope: CallScope) async -> Performance {
        let exchange = await send(request)
        var performance = Performance(read(exchange, isWrite: request.method != "GET", scope))
        performance.requestDigest = SHA256Digest(hashing: request.digestInput)
        if case .response(let response) = exchange {
            performance.responseDigest = SHA256Digest(hashing: response.body)
            performance.status = response.status
        }
        return performance
    }

    private func read(_ exchange: VendorExchange, isWrite: Bool, _ scope: CallScope) -> Performance.Result {
        switch reader.read(exchange) {
        case .failed(let failure): return .failed(failure)
        // A question that was not answered changed nothing.
        case .ambiguous(let failure): return isWrite ? .ambiguous(failure) : .failed(failure)
        case .success(let body):
            let scope = scope.adding("response", body)
            do {
                for expectation in http.expectations {
                    if let failure = try expectation.failure(of: body, scope.values) { return .failed(failure) }
                }
            } catch { return .failed(CallFailure(.vendorError, "the vendor's answer cannot be judged: \(error)")) }
            return output(http.output, scope)
        }
    }

    /// An answer from which the operation's output cannot be made is no failure of the effect: it happened.
    private func output(_ template: JSONTemplate, _ scope: CallScope) -> Performance.Result {
        do {
            let output = try template.value(in: scope.values) ?? [:]
            guard let violation = operation.output.violations(of: output).first else { return .succeeded(output: output) }
            return .ambiguous(CallFailure(.vendorError, "the vendor's answer does not give the output: \(violation.text)"))
        } catch { return .ambiguous(CallFailure(.vendorError, "the vendor's answer does not give the output: \(error)")) }
    }

    // MARK: Looking

    /// Whether the effect took place.
    ///
    /// - Parameters:
    ///   - sent: When the last request went out that may have done it.
    ///   - patience: How long may be waited until an absence is certain.
    package func readBack(
        _ scope: CallScope, sent: Date, now: @Sendable () -> Date, patience: Duration, pause: @Sendable (Duration) async throws -> Void
    ) async -> ReadBack {
        guard let rule = http.readBackGuard(for: scope.input) else { return .absent(isCertain: false) }
        let first = await readBack(rule, scope)
        guard case .absent = first, let settles = rule.settles else { return first }
        let remaining = settles - .seconds(now().timeIntervalSince(sent))
        guard remaining > .zero else { return .absent(isCertain: true) }
        guard remaining <= patience else { return first }
        do { try await pause(remaining) } catch { return first }
        let second = await readBack(rule, scope)
        guard case .absent = second else { return second }
        return .absent(isCertain: true)
    }

    private func readBack(_ rule: ReadBackGuard, _ scope: CallScope) async -> ReadBack {
        let prepared: CallScope
        switch await lookUp(rule.lookups, scope) {
        case .success(let scope): prepared = scope
        case .failure(let failure): return .failed(failure)
        }
        do {
            switch reader.read(await send(try rule.request.render(prepared.values))) {
            case .failed(let failure), .ambiguous(let failure): return .failed(failure)
            case .success(let body):
                guard let found = try rule.find.find(in: body, prepared.values) else { return .absent(isCertain: false) }
                guard case .succeeded(let output) = output(rule.output, prepared.adding("found", found)) else {
                    return .failed(CallFailure(.vendorError, "what was found does not give the output"))
                }
                return .found(output: output)
            }
        } catch { return .failed(Self.unfillable(error)) }
    }

    /// Adds what each lookup finds to the scope, under `lookup`.
    private func lookUp(_ lookups: [Lookup], _ scope: CallScope) async -> Result<CallScope, CallFailure> {
        var found = JSONObject()
        for lookup in lookups {
            switch await lookUp(lookup, scope) {
            case .success(let element): found[lookup.name] = element
            case .failure(let failure): return .failure(failure)
            }
        }
        return .success(scope.adding("lookup", .object(found)))
    }

    private func lookUp(_ lookup: Lookup, _ scope: CallScope) async -> Result<JSONValue, CallFailure> {
        do {
            var request = try lookup.request.render(scope.values)
            let query = request.query
            for _ in 0..<PageRule.pageLimit {
                switch reader.read(await send(request)) {
                case .failed(let failure), .ambiguous(let failure): return .failure(failure)
                case .success(let body):
                    if let element = try lookup.find.find(in: body, scope.values) { return .success(element) }
                    guard let pages = lookup.pages, let cursor = pages.next(after: body) else { return .failure(lookup.missing) }
                    let parameter = "\(PercentEncoding.encode(pages.parameter))=\(PercentEncoding.encode(cursor))"
                    request.query = query.isEmpty ? parameter : "\(query)&\(parameter)"
                }
            }
            return .failure(CallFailure(.vendorError, "more than \(PageRule.pageLimit) pages were not searched"))
        } catch { return .failure(Self.unfillable(error)) }
    }

    private static func unfillable(_ error: TemplateError) -> CallFailure { CallFailure(.invalidInput, "the request cannot be made: \(error)") }
}
