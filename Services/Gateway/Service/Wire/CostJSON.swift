internal import JSON
internal import Wire

extension FinOpsV1.GetRunCostResponse {
    var json: JSONValue {
        let events = (cost?.events ?? []).map { event -> JSONValue in
            [
                "id": .id(event.eventID), "meter": .string(event.meter), "quantity": .int(event.quantity), "cost": .sum(event.cost),
                "at": .time(event.timeMicros), "step": .orNull(event.step), "service": .orNull(event.service),
            ]
        }
        return ["total": .sum(cost?.total), "budget": .money(budget), "events": .array(events)]
    }
}

extension FinOpsV1.CostSeries {
    var json: JSONValue {
        let points = points.map { point -> JSONValue in
            ["at": .time(point.timeMicros), "cost": .sum(point.cost), "expected": .money(point.expected), "anomalous": .bool(point.anomalous)]
        }
        return ["service": .string(service), "meter": .string(meter), "total": .sum(total), "points": .array(points)]
    }
}

extension FinOpsV1.Budget {
    var json: JSONValue {
        [
            "scope": .string(scope), "limit": .sum(limit), "spent": .sum(spent), "reserved": .sum(reserved), "period": .string(period),
        ]
    }
}

extension FinOpsV1.Anomaly {
    var json: JSONValue {
        [
            "id": .id(anomalyID), "service": .string(service), "meter": .string(meter), "state": .string(state), "observed": .sum(observed),
            "expected": .sum(expected), "ratio_milli": .int(Int64(ratioMilli)), "opened_at": .time(openedMicros),
            "closed_at": .time(closedMicros), "receipt_id": .id(receiptID),
        ]
    }
}

extension FinOpsV1.Throttle {
    var json: JSONValue {
        [
            "service": .string(service), "meter": .string(meter), "percent": .int(Int64(percent)), "run_id": .id(runID),
            "since": .time(sinceMicros),
        ]
    }
}

extension ConnectorsV1.Operation {
    var json: JSONValue {
        [
            "name": .string(name), "connector": .string(connector), "connector_version": .string(connectorVersion), "title": .string(title),
            "input_schema": .document(inputSchemaJSON), "output_schema": .document(outputSchemaJSON), "idempotency": .string(idempotency),
            "cost": .money(cost),
        ]
    }
}

extension ConnectorsV1.Connection {
    var json: JSONValue {
        [
            "connector": .string(connector), "title": .string(title), "version": .string(version), "health": .string(health),
            "reason": .orNull(reason), "base_url": .orNull(baseURL), "secrets_set": .texts(secretsSet), "secrets_needed": .texts(secretsNeeded),
            "hosts": .texts(hosts),
        ]
    }
}
