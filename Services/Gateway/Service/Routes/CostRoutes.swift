internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON
internal import Wire

/// Costs, anomalies, budgets, throttles.
struct CostRoutes: Sendable {
    let services: Backends
    private typealias Field = Shape.Field

    init(services: Backends) { self.services = services }

    var endpoints: [Endpoint] { [costs, ingest, anomalies, budgets, putBudget, throttles] }

    private var costs: Endpoint {
        Endpoint(
            "getCosts", .get, "/v1/costs", "Cost series with what was expected; the last 30 days if no time is given", .needs(.read),
            query: [Field("since", Shapes.time, required: false), Field("until", Shapes.time, required: false)],
            answer: .object(name: "Costs", [Field("series", .list(Shapes.costSeries)), Field("total", Shapes.money)])
        ) { exchange in
            let micros = { (name: String) in exchange.query[name].flatMap { Timestamp(text: $0)?.micros } ?? 0 }
            let answer = try await services.finops.getCosts(
                .init(sinceMicros: micros("since"), untilMicros: micros("until")), options: exchange.options)
            return .json(["series": .array(answer.series.map(\.json)), "total": .sum(answer.total)])
        }
    }

    private var ingest: Endpoint {
        Endpoint(
            "ingestCosts", .post, "/v1/costs/points", "Hand in points of a vendor's cost series; older points than the last are ignored",
            .needs(.ingest),
            body: .object(
                name: "CostPoints",
                [
                    Field("service", .text(maximum: 64)), Field("meter", .text(maximum: 64)),
                    Field("points", .list(.object(name: "NewCostPoint", [Field("at", Shapes.time), Field("cost", Shapes.money)]), maximum: 2_000)),
                ]),
            answer: .object(
                name: "CostsTaken",
                [
                    Field("accepted", .integer()), Field("anomalies_opened", .list(Shapes.uuid)),
                    Field("anomalies_closed", .list(Shapes.uuid)),
                ])
        ) { exchange in
            let points = (exchange.body["points"]?.arrayValue ?? []).map { point in
                FinOpsV1.CostPoint(
                    timeMicros: Timestamp(text: point["at"]?.stringValue ?? "")?.micros ?? 0, cost: Self.money(point["cost"]), expected: nil,
                    anomalous: false)
            }
            let answer = try await services.finops.ingestCosts(
                .init(
                    service: exchange.body["service"]?.stringValue ?? "", meter: exchange.body["meter"]?.stringValue ?? "", points: points),
                options: exchange.writeOptions)
            return .json([
                "accepted": .int(Int64(answer.accepted)), "anomalies_opened": .ids(answer.anomaliesOpened),
                "anomalies_closed": .ids(answer.anomaliesClosed),
            ])
        }
    }

    private var anomalies: Endpoint {
        Endpoint(
            "listAnomalies", .get, "/v1/anomalies", "Cost anomalies, newest first", .needs(.read),
            query: [Field("state", .choice(["open", "closed"]), required: false)] + Shapes.paging,
            answer: Shapes.page("AnomalyPage", of: Shapes.anomaly)
        ) { exchange in
            let answer = try await services.finops.listAnomalies(.init(state: exchange.query["state"] ?? ""), options: exchange.options)
            return .json(try exchange.page(of: answer.anomalies, \.json))
        }
    }

    private var budgets: Endpoint {
        Endpoint(
            "listBudgets", .get, "/v1/budgets", "Budgets with what is spent and reserved", .needs(.read), query: Shapes.paging,
            answer: Shapes.page("BudgetPage", of: Shapes.budget)
        ) { exchange in
            let answer = try await services.finops.listBudgets(.init(), options: exchange.options)
            return .json(try exchange.page(of: answer.budgets, \.json))
        }
    }

    private var putBudget: Endpoint {
        Endpoint(
            "putBudget", .put, "/v1/budgets/{scope}", "Set a budget", .needs(.budget), parameters: [Field("scope", .text(maximum: 64))],
            body: .object(name: "BudgetPut", [Field("limit", Shapes.money), Field("period", .choice(["day", "month"]))]), answer: Shapes.budget
        ) { exchange in
            let budget = FinOpsV1.Budget(
                scope: exchange.text("scope"), limit: Self.money(exchange.body["limit"]), spent: nil, reserved: nil,
                period: exchange.body["period"]?.stringValue ?? "")
            let answer = try await services.finops.putBudget(.init(budget: budget), options: exchange.writeOptions)
            return .json((answer.budget ?? budget).json)
        }
    }

    private var throttles: Endpoint {
        Endpoint(
            "listThrottles", .get, "/v1/throttles", "Throttles in force", .needs(.read), query: Shapes.paging,
            answer: Shapes.page("ThrottlePage", of: Shapes.throttle)
        ) { exchange in
            let answer = try await services.finops.listThrottles(.init(), options: exchange.options)
            return .json(try exchange.page(of: answer.throttles, \.json))
        }
    }

    private static func money(_ value: JSONValue?) -> CommonV1.Money {
        CommonV1.Money(micros: value?["micros"]?.intValue ?? 0, currency: value?["currency"]?.stringValue ?? "")
    }
}
