import FinOpsCore
import FoundationEssentials
import Identity
import Testing

@Suite struct BudgetTests {
    @Test func neverGrantsBeyondTheLimit() {
        var generator = SystemRandomNumberGenerator()
        let seed = generator.next()
        var random = seed
        func next(_ bound: Int64) -> Int64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(random >> 33) % bound
        }
        var account = BudgetAccount(limit: 1_000)
        var open: [Int64] = []
        for _ in 0..<10_000 {
            if next(2) == 0 {
                let amount = next(200)
                let remaining = account.remaining
                let denial = account.reserve(amount)
                #expect((denial == nil) == (amount <= remaining), "seed \(seed)")
                if denial == nil { open.append(amount) }
            } else if let amount = open.popLast() {
                account.settle(reservation: amount, actual: next(2) * amount)
            }
            #expect(account.spent + account.reserved <= account.limit, "seed \(seed)")
        }
    }

    @Test func explainsADenial() {
        var account = BudgetAccount(limit: 5_000_000, spent: 4_990_000)
        let denial = account.reserve(20_000)
        #expect(
            denial?.reason(scope: "tenant", period: .day, currency: "USD")
                == "the budget \"tenant\" has 0.01 USD left of 5.00 USD per day; 0.02 USD was asked for")
    }

    @Test(arguments: [
        (BudgetPeriod.day, 1_709_251_199.0, 1_709_164_800.0), (.month, 1_709_251_199, 1_706_745_600), (.month, 1_709_251_200, 1_709_251_200),
        (.month, 0, 0), (.month, -1, -2_678_400),
    ])
    func beginsAtMidnightUTC(period: BudgetPeriod, time: Double, start: Double) {
        #expect(period.start(of: Date(timeIntervalSince1970: time)).timeIntervalSince1970 == start)
    }

    @Test(arguments: [(1_234_567, "1.234567 USD"), (12_300_000, "12.30 USD"), (-500_000, "-0.50 USD"), (40, "0.00004 USD")] as [(Int64, String)])
    func printsMoney(micros: Int64, text: String) {
        #expect(Money(micros: micros).description == text)
    }
}
