/// An online detector of cost anomalies in one series: a seasonal baseline, residuals held against their own usual size, and
/// hysteresis, in O(1) time and a few hundred bytes per series.
///
/// A point far above its baseline is not learned while the anomaly lasts, so that a long incident does not become the new normal
/// before a person has looked; after ``DetectorParameters/acceptAfter`` points it does.
public struct SeasonalDetector: Hashable, Sendable {
    public let parameters: DetectorParameters
    public internal(set) var state: State

    public struct State: Hashable, Sendable, Codable {
        /// Learned cost per slot of the season, in micro-units; nil where no point fell into the slot yet.
        public var baseline: [Double?]
        /// Learned size of a usual residual, in micro-units.
        public var scale: Double = 0
        /// Mean of the whole series, the prior of a slot that has no point of its own.
        public var mean: Double = 0
        public var seen = 0
        /// Residuals of the short window, in scales, oldest first.
        public var recent: [Double] = []
        public var isAnomalous = false
        public var calmPoints = 0
        public var anomalousPoints = 0

        public init(season: Int) { baseline = Array(repeating: nil, count: season) }
    }

    public init(parameters: DetectorParameters = DetectorParameters()) {
        self.parameters = parameters
        state = State(season: parameters.season)
    }

    /// Continues from a stored state; nil where it belongs to another season's length.
    public init?(parameters: DetectorParameters, state: State) {
        guard state.baseline.count == parameters.season else { return nil }
        self.parameters = parameters
        self.state = state
    }

    public struct Reading: Hashable, Sendable {
        /// Micro-units; nil before the detector has learned enough to expect anything.
        public var expected: Int64?
        public var isAnomalous: Bool
        public var transition: Transition?
    }

    public enum Transition: Hashable, Sendable { case opened, closed }

    /// Takes the bucket that begins at `second` (since 1970), with its cost in micro-units.
    public mutating func observe(cost: Int64, at second: Int64) -> Reading {
        let slot = slot(of: second)
        let expected = state.baseline[slot] ?? state.mean
        let residual = Double(cost) - expected
        let score = residual / usualSize(expected: expected)
        let isWarm = state.seen >= parameters.coldStart

        remember(score)
        let transition = isWarm ? judge(score: score, excess: residual) : nil
        learn(Double(cost), residual: residual, slot: slot)
        return Reading(
            expected: isWarm ? Int64(expected.rounded()) : nil, isAnomalous: state.isAnomalous, transition: transition)
    }

    private func slot(of second: Int64) -> Int {
        let bucket = second / Int64(parameters.bucketSeconds)
        let remainder = Int(bucket % Int64(parameters.season))
        return remainder < 0 ? remainder + parameters.season : remainder
    }

    /// The scale below which a residual says nothing; never 0.
    private func usualSize(expected: Double) -> Double {
        max(state.scale * 1.25, expected * parameters.relativeFloor, Double(parameters.moneyFloor) / parameters.openAt, 1)
    }

    private mutating func remember(_ score: Double) {
        state.recent.append(score)
        if state.recent.count > parameters.shortWindow { state.recent.removeFirst() }
    }

    private mutating func judge(score: Double, excess: Double) -> Transition? {
        if state.isAnomalous {
            state.anomalousPoints += 1
            state.calmPoints = score < parameters.calmBelow ? state.calmPoints + 1 : 0
            let isOver = state.calmPoints >= parameters.calmToClose || state.anomalousPoints >= parameters.acceptAfter
            guard isOver else { return nil }
            state.isAnomalous = false
            return .closed
        }
        let short = state.recent.reduce(0, +) / Double(state.recent.count)
        guard score >= parameters.openAt, short >= parameters.openAt, excess >= Double(parameters.moneyFloor) else { return nil }
        state.isAnomalous = true
        state.calmPoints = 0
        state.anomalousPoints = 1
        return .opened
    }

    private mutating func learn(_ cost: Double, residual: Double, slot: Int) {
        if state.isAnomalous && state.calmPoints == 0 { return }
        let weight = parameters.learning
        state.baseline[slot] = state.baseline[slot].map { $0 + weight * (cost - $0) } ?? cost
        state.mean += (cost - state.mean) / Double(min(state.seen + 1, parameters.season))
        // The residuals of the first season measure the season's shape, not its noise.
        if state.seen >= parameters.season { state.scale += weight * (abs(residual) - state.scale) }
        state.seen += 1
    }
}
