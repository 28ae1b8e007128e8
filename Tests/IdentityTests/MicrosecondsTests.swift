import Foundation
import Identity
import Testing

@Suite struct MicrosecondsTests {
    @Test(arguments: [0, 1, -1, 1_795_412_400_123_456, 978_307_199_999_999, 4_102_444_799_999_999] as [Int64])
    func microsecondsComeBack(micros: Int64) {
        #expect(Date(micros: micros).micros == micros)
    }

    /// Also moments between two microseconds, which a `Date` can hold: what they round to stays what it is.
    @Test func roundingAgainChangesNothing() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let seconds = Double.random(in: 750_000_000..<900_000_000, using: &generator)
            let date = Date(timeIntervalSinceReferenceDate: seconds)
            let micros = date.micros
            #expect(Date(micros: micros).micros == micros, "\(seconds)")
            #expect((date.timeIntervalSinceReferenceDate - Date(micros: micros).timeIntervalSinceReferenceDate).magnitude < 0.000_000_7, "\(seconds)")
        }
    }

    @Test func whatDoesNotFitIsTheEndOfTheRange() {
        #expect(Date(micros: .max).micros == .max)
        #expect(Date(micros: .min).micros == .min)
        #expect(Date(timeIntervalSinceReferenceDate: .infinity).micros == .max)
        #expect(Date(timeIntervalSinceReferenceDate: -.infinity).micros == .min)
        #expect(Date(timeIntervalSinceReferenceDate: .nan).micros == .max)
    }
}
