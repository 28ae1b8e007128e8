import Foundation
import SwiftProtobuf
import Testing
import WireRuntime

/// A message of ours that another implementation can say, too. Conformances are generated.
protocol OracleMessage: WireMessage {
    associatedtype Oracle: SwiftProtobuf.Message & Hashable

    static func sample(_ s: inout Sampler) -> Self
    /// The same value as the other implementation's type, field by field: no bytes are involved.
    var oracle: Oracle { get }
}

func oracleBytes(_ bytes: [UInt8]) -> Data { Data(bytes) }

func oracleEnum<Ours: WireEnum, Theirs: SwiftProtobuf.Enum>(_ value: Ours) -> Theirs {
    // Theirs is open as well: it has a value for every number.
    Theirs(rawValue: Int(value.rawValue))!
}

/// One message type, by its name.
struct OracleCase: Sendable, CustomTestStringConvertible {
    let type: any OracleMessage.Type
    /// Empty keys and values of maps are left out by protobuf-c and written by others: equal maps, other bytes.
    let holdsMap: Bool
    let testDescription: String

    init<Ours: OracleMessage>(_ type: Ours.Type, holdsMap: Bool) {
        self.type = type
        testDescription = Ours.fullName
        self.holdsMap = holdsMap
    }
}
