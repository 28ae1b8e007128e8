import Foundation
import Identity
import Testing

@Suite struct IdentifierTests {
    @Test func version7IsOrderedByTime() throws {
        let earlier = TenantID(rawValue: UUIDv7.make(at: Date(timeIntervalSince1970: 1_000), random: (.max, .max)))
        let later = TenantID(rawValue: UUIDv7.make(at: Date(timeIntervalSince1970: 1_000.002), random: (0, 0)))
        #expect(earlier < later)
        #expect(earlier.description == "0000000f-4240-7fff-bfff-ffffffffffff")
        #expect(earlier.bytes[6] >> 4 == 7)
        #expect(earlier.bytes[8] >> 6 == 0b10)
    }

    @Test func roundTripsThroughTextAndBytes() throws {
        let id = RunID.make()
        #expect(RunID(id.description) == id)
        #expect(RunID(bytes: id.bytes) == id)
        #expect(RunID("not an id") == nil)
        #expect(RunID(bytes: [1, 2, 3]) == nil)
    }
}
