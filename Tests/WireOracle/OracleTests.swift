import Foundation
import SwiftProtobuf
import Testing
import Wire
import WireRuntime

/// Every message of the mesh and of the probe, beside an implementation that shares no line with ours.
@Suite struct OracleTests {
    static let rounds = 60

    @Test(arguments: oracleCases)
    func bothSidesReadAndWriteTheSame(_ one: OracleCase) throws {
        try compare(one.type, holdsMap: one.holdsMap, seed: .random(in: 0...(.max)))
    }

    private func compare<Ours: OracleMessage>(_: Ours.Type, holdsMap: Bool, seed: UInt64) throws {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        for round in 0..<Self.rounds {
            var sampler = Sampler(seed: seed, round: round)
            let ours = Ours.sample(&sampler)
            let bytes = ours.encodedBytes()
            let theirs = try Ours.Oracle(serializedBytes: bytes)
            #expect(theirs == ours.oracle, "what we write is read otherwise, seed \(seed) round \(round)")
            let back: [UInt8] = try theirs.serializedBytes(options: options)
            #expect(holdsMap || back == bytes, "other bytes, seed \(seed) round \(round)")
            #expect(try Ours(decodingBytes: back) == ours, "what they write is read otherwise, seed \(seed) round \(round)")
        }
    }

    /// What is damaged and still taken means to both the same.
    @Test(arguments: oracleCases)
    func damagedBytesThatAreTakenMeanTheSame(_ one: OracleCase) throws {
        try damage(one.type, seed: .random(in: 0...(.max)))
    }

    private func damage<Ours: OracleMessage>(_: Ours.Type, seed: UInt64) throws {
        for round in 5..<Self.rounds {
            var sampler = Sampler(seed: seed, round: round)
            var bytes = Ours.sample(&sampler).encodedBytes()
            guard !bytes.isEmpty else { continue }
            let place = sampler.index(bytes.count)
            switch sampler.index(3) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: sampler.next())
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + 3))
            default: bytes.insert(UInt8(truncatingIfNeeded: sampler.next()), at: place)
            }
            guard let ours = try? Ours(decodingBytes: bytes) else { continue }
            let theirs = try Ours.Oracle(serializedBytes: bytes)
            // Through their bytes, since they keep the unknown fields that we drop. By bytes, since NaN equals nothing.
            let back = try Ours(decodingBytes: theirs.serializedBytes() as [UInt8])
            #expect(back.encodedBytes() == ours.encodedBytes(), "seed \(seed) round \(round)")
        }
    }

    @Test func noMessageIsForgotten() {
        let compared = Set(oracleCases.map { $0.testDescription })
        for message in WireCatalog.messages { #expect(compared.contains(message.fullName)) }
        #expect(compared.count == oracleCases.count)
    }
}
