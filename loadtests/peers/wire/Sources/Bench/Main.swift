@main
struct Bench {
    static func main() throws {
        let (rounds, seconds) = (7, 0.15)
        var measured = try Contest("small", Samples.small, as: Provable_Ledger_V1_AppendResponse.self).run(rounds: rounds, seconds: seconds)
        measured += try Contest("719", Samples.medium, as: Provable_Policy_V1_DecideRequest.self).run(rounds: rounds, seconds: seconds)
        measured += try Contest("record", Samples.record, as: Provable_Ledger_V1_ReceiptRecord.self).run(rounds: rounds, seconds: seconds)
        measured += try Contest("large", Samples.large, as: Provable_Ledger_V1_ListReceiptsResponse.self).run(rounds: rounds, seconds: seconds)
        for one in measured { print(one.line) }
    }
}
