@main
struct Bench {
    static func main() throws {
        let (rounds, seconds) = (7, 0.15)
        var measured = try Contest("small", Samples.small, as: Provable_Ledger_V1_AppendResponse.self).run(rounds: rounds, seconds: seconds)
        measured += try Contest("700", Samples.medium, as: Provable_Ledger_V1_ReceiptRecord.self).run(rounds: rounds, seconds: seconds)
        measured += try Contest("16k", Samples.large, as: Provable_Ledger_V1_ListReceiptsResponse.self).run(rounds: rounds, seconds: seconds)
        for one in measured { print(one.line) }
    }
}
