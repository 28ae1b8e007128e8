internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON
internal import Trust
internal import Wire

/// Receipts, checkpoints, trust anchors, the security log.
struct ProofRoutes: Sendable {
    let services: Backends
    private typealias Field = Shape.Field

    init(services: Backends) { self.services = services }

    var endpoints: [Endpoint] { [list, one, checkpoint, trust, securityEvents] }

    private var list: Endpoint {
        Endpoint(
            "listReceipts", .get, "/v1/receipts", "Receipts of the tenant's log, newest first", .needs(.read),
            query: [Field("run_id", Shapes.uuid, required: false), Field("kind", .text(maximum: 64), required: false)] + Shapes.paging,
            answer: Shapes.page("ReceiptPage", of: Shapes.receipt)
        ) { exchange in
            let run = exchange.optionalID(query: "run_id", as: RunID.self)
            let answer = try await services.ledger.listReceipts(
                .init(page: try exchange.page(), runID: run?.bytes ?? [], kind: exchange.query["kind"] ?? ""), options: exchange.options)
            return .json(.page(answer.receipts.map(\.json), cursor: answer.nextCursor))
        }
    }

    private var one: Endpoint {
        Endpoint(
            "getReceipt", .get, "/v1/receipts/{id}", "One receipt with all that proves it offline", .needs(.read),
            parameters: [Field("id", Shapes.uuid)],
            answer: .object(
                name: "ReceiptDetail",
                [
                    Field("receipt", Shapes.receipt), Field("envelope", .any, "DSSE; null where the payload was erased."),
                    Field("leaf", .any, "The entry of the log."), Field("disclosures", Shapes.texts),
                    Field("proof", Shapes.document, "c2sp.org/tlog-proof@v1"),
                ])
        ) { exchange in
            let id: ReceiptID = try exchange.id("id")
            let answer = try await services.ledger.getReceipt(.init(receiptID: id.bytes), options: exchange.options)
            guard let receipt = answer.receipt else { throw Problem.notFound }
            return .json([
                "receipt": receipt.json, "envelope": .document(receipt.envelope), "leaf": .document(receipt.leaf),
                "disclosures": .texts(receipt.disclosures.map { String(decoding: $0, as: UTF8.self) }),
                "proof": .string(String(decoding: answer.proof, as: UTF8.self)),
            ])
        }
    }

    private var checkpoint: Endpoint {
        Endpoint(
            "getCheckpoint", .get, "/v1/checkpoint", "The latest signed checkpoint of the tenant's log", .needs(.read),
            answer: .object(
                name: "Checkpoint",
                [
                    Field("checkpoint", Shapes.document), Field("tree_size", .integer()), Field("root", Shapes.digest),
                    Field("verifier_key", .text()),
                ])
        ) { exchange in
            let answer = try await services.ledger.getCheckpoint(.init(), options: exchange.options)
            return .json([
                "checkpoint": .string(String(decoding: answer.checkpoint, as: UTF8.self)), "tree_size": .int(Int64(answer.treeSize)),
                "root": .digest(answer.root), "verifier_key": .string(answer.verifierKey),
            ])
        }
    }

    private var trust: Endpoint {
        Endpoint("getTrust", .get, "/v1/trust", "The keys that an auditor pins", .needs(.read), answer: .map(.any)) { exchange in
            .bytes(try await services.ledger.getTrust(.init(), options: exchange.options).trustJSON, contentType: "application/json")
        }
    }

    private var securityEvents: Endpoint {
        Endpoint(
            "listSecurityEvents", .get, "/v1/security-events", "What was refused, newest first", .needs(.security), query: Shapes.paging,
            answer: Shapes.page("SecurityEventPage", of: Shapes.securityEvent)
        ) { exchange in
            let answer = try await services.ledger.listSecurityEvents(.init(page: try exchange.page()), options: exchange.options)
            return .json(.page(answer.events.map(\.json), cursor: answer.nextCursor))
        }
    }
}
