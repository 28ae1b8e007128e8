/// How often what happens on a connection.
public struct FaultRates: Sendable, Hashable {
    /// Of a thousand units; together at most a thousand.
    public var perMille: [Fault: Int]
    public var delayMax: Duration
    /// So many units pass before any fault; how many of these is the plan's choice.
    public var unharmed: ClosedRange<Int>

    public init(_ perMille: [Fault: Int], delayMax: Duration = .milliseconds(20), unharmed: ClosedRange<Int> = 0...24) {
        precondition(perMille.values.allSatisfy { $0 >= 0 } && perMille.values.reduce(0, +) <= 1000, "a unit has one fault at most")
        self.perMille = perMille
        self.delayMax = delayMax
        self.unharmed = unharmed
    }

    /// Nothing ever happens.
    public static let none = FaultRates([:])
}
