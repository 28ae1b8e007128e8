/// How many handlers run at once. Pure: samples in, a number out.
///
/// The adaptive one follows the gradient of how long calls run (after Netflix's concurrency-limits, Gradient2): each window's
/// mean, relative to what its methods usually take, says whether there is a queue somewhere behind the handlers. Where calls
/// take longer than usual the limit shrinks, where they do not and the limit is used it grows by its square root.
struct ConcurrencyLimit {
    private struct Adaptive {
        var min: Double
        var max: Double
        var value: Double
        var sum = 0.0
        var samples = 0
        /// Most at once within the window.
        var used = 0
    }

    static let windowSamples = 64
    /// So much slower than usual is still as usual.
    static let tolerance = 1.5
    /// Of a window's result in the limit.
    private static let smoothing = 0.2

    private var adaptive: Adaptive?
    private let fixed: Int

    init(_ limit: AdmissionSettings.Limit) {
        switch limit {
        case .fixed(let count):
            fixed = Swift.max(1, count)
        case .adaptive(let min, let initial, let max):
            fixed = Swift.max(1, initial)
            let low = Double(Swift.max(1, min))
            let high = Swift.max(low, Double(max))
            adaptive = Adaptive(min: low, max: high, value: Swift.min(high, Swift.max(low, Double(initial))))
        }
    }

    /// It never grows beyond this.
    var max: Int { adaptive.map { Int($0.max) } ?? fixed }

    var value: Int { adaptive.map { Int($0.value) } ?? fixed }

    /// - Parameter usual: What calls of the method take on the average of many.
    mutating func ran(for nanoseconds: Double, usual: Double, running: Int) {
        guard var state = adaptive else { return }
        state.sum += nanoseconds / Swift.max(1, usual)
        state.samples += 1
        state.used = Swift.max(state.used, running)
        if state.samples == Self.windowSamples { state = Self.adjust(state) }
        adaptive = state
    }

    private static func adjust(_ state: Adaptive) -> Adaptive {
        var next = state
        let slowness = state.sum / Double(state.samples)
        let gradient = Swift.max(0.5, Swift.min(1, tolerance / slowness))
        // A limit that nobody comes near says nothing, so it does not grow.
        let isUsed = Double(state.used) >= state.value / 2
        let target = gradient < 1 ? state.value * gradient : isUsed ? state.value + state.value.squareRoot() : state.value
        next.value = Swift.min(state.max, Swift.max(state.min, state.value * (1 - smoothing) + target * smoothing))
        (next.sum, next.samples, next.used) = (0, 0, 0)
        return next
    }
}
