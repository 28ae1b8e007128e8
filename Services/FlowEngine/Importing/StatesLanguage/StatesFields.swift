/// Which fields a state of the Amazon States Language has, by its type and query language.
enum StatesFields {
    static let types = ["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"]

    static func known(_ type: String, isJSONata: Bool) -> [String] {
        let common = ["Type", "Comment", "QueryLanguage"]
        guard type != "Fail" else { return common + (isJSONata ? ["Error", "Cause"] : ["Error", "Cause", "ErrorPath", "CausePath"]) }
        let onward = ["Choice", "Succeed"].contains(type) ? [] : ["Next", "End"]
        let output = isJSONata ? ["Output"] : ["InputPath", "OutputPath"]
        let assign = type == "Succeed" ? [] : ["Assign"]
        let results = isJSONata ? [] : ["ResultPath", "ResultSelector", "Parameters"]
        return common + onward + output + assign + own(type, isJSONata)
            + (["Task", "Parallel", "Map"].contains(type) ? results + ["Retry", "Catch"] : [])
    }

    private static func own(_ type: String, _ isJSONata: Bool) -> [String] {
        switch type {
        case "Task":
            let shared = ["Resource", "Credentials", "TimeoutSeconds", "HeartbeatSeconds"]
            return shared + (isJSONata ? ["Arguments"] : ["TimeoutSecondsPath", "HeartbeatSecondsPath"])
        case "Pass": return isJSONata ? [] : ["Result", "ResultPath", "Parameters"]
        case "Choice": return ["Choices", "Default"]
        case "Wait": return ["Seconds", "Timestamp"] + (isJSONata ? [] : ["SecondsPath", "TimestampPath"])
        case "Parallel": return ["Branches"] + (isJSONata ? ["Arguments"] : [])
        case "Map":
            let shared = [
                "ItemProcessor", "Iterator", "ItemSelector", "ItemReader", "ItemBatcher", "ResultWriter", "MaxConcurrency", "Label",
                "ToleratedFailureCount", "ToleratedFailurePercentage",
            ]
            return shared
                + (isJSONata
                    ? ["Items"] : ["ItemsPath", "MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath"])
        default: return []
        }
    }

    /// Fields of which there may be one.
    static let exclusive: [[String]] = [
        ["Next", "End"], ["TimeoutSeconds", "TimeoutSecondsPath"], ["HeartbeatSeconds", "HeartbeatSecondsPath"], ["Error", "ErrorPath"],
        ["Cause", "CausePath"], ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"], ["ItemProcessor", "Iterator"],
        ["MaxConcurrency", "MaxConcurrencyPath"], ["ToleratedFailureCount", "ToleratedFailureCountPath"],
        ["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"], ["Items", "ItemsPath"], ["MaxItems", "MaxItemsPath"],
        ["MaxItemsPerBatch", "MaxItemsPerBatchPath"], ["MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"],
    ]

    static let numbers: [String: ClosedRange<Double>] = [
        "TimeoutSeconds": 1...99_999_999, "HeartbeatSeconds": 1...99_999_999, "Seconds": 0...99_999_999, "MaxConcurrency": 0...1_000_000_000,
        "ToleratedFailureCount": 0...1_000_000_000, "ToleratedFailurePercentage": 0...100,
    ]
}
