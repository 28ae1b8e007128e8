extension FunctionLibrary {
    /// What a calendar or a clock shows. Without a zone that is UTC.
    static let times: [CELFunction] = [
        calendar("getFullYear") { Int64($0.year) },
        calendar("getMonth") { Int64($0.month - 1) },
        calendar("getDayOfMonth") { Int64($0.day - 1) },
        calendar("getDate") { Int64($0.day) },
        calendar("getDayOfWeek") { Int64($0.dayOfWeek) },
        calendar("getDayOfYear") { Int64($0.dayOfYear) },
        clock("getHours", { Int64($0.hour) }, { $0.seconds / 3_600 }),
        clock("getMinutes", { Int64($0.minute) }, { $0.seconds / 60 }),
        clock("getSeconds", { Int64($0.second) }, { $0.seconds }),
        CELFunction(
            "getMilliseconds", "timestamp.() -> int", "timestamp.(string) -> int", "duration.() -> int"
        ) { meter, operands throws(CELEvaluationError) in
            if operands.count == 1, case .duration(let duration) = operands[0] { return .int(Int64(duration.nanoseconds / 1_000_000)) }
            guard let moment = operands.first, case .timestamp(let timestamp) = moment else { return nil }
            return try date(operands, &meter).map { _ in .int(Int64(timestamp.nanoseconds / 1_000_000)) }
        },
    ]

    private static func calendar(_ name: String, _ part: @escaping @Sendable (CivilDate) -> Int64) -> CELFunction {
        CELFunction(name, "timestamp.() -> int", "timestamp.(string) -> int") { meter, operands throws(CELEvaluationError) in
            try date(operands, &meter).map { .int(part($0)) }
        }
    }

    private static func clock(
        _ name: String, _ part: @escaping @Sendable (CivilDate) -> Int64, _ whole: @escaping @Sendable (CELDuration) -> Int64
    ) -> CELFunction {
        CELFunction(
            name, "timestamp.() -> int", "timestamp.(string) -> int", "duration.() -> int"
        ) { meter, operands throws(CELEvaluationError) in
            if operands.count == 1, case .duration(let duration) = operands[0] { return .int(whole(duration)) }
            return try date(operands, &meter).map { .int(part($0)) }
        }
    }

    private static func date(_ operands: [CELValue], _ meter: inout Meter) throws(CELEvaluationError) -> CivilDate? {
        guard let first = operands.first, case .timestamp(let timestamp) = first, operands.count <= 2 else { return nil }
        guard operands.count == 2 else { return CivilDate(secondsSince1970: timestamp.seconds) }
        guard case .string(let name) = operands[1] else { return nil }
        try meter.spend(16)
        guard let offset = TimeZoneName(name)?.offset(at: timestamp.seconds) else {
            throw CELEvaluationError(
                .invalidArgument, "there is no time zone '\(name.prefix(40))'", suggestion: "write Europe/Paris, UTC or +01:00")
        }
        return CivilDate(secondsSince1970: timestamp.seconds + Int64(offset))
    }
}
