public import CProtobufC

// What generated code copies out of protobuf-c's structs. The bytes have passed the pre-scan: strings are valid UTF-8.

public func wireString(_ data: ProtobufCBinaryData) -> String {
    guard let start = data.data, data.len > 0 else { return "" }
    return String(decoding: UnsafeBufferPointer(start: start, count: data.len), as: UTF8.self)
}

public func wireBytes(_ data: ProtobufCBinaryData) -> [UInt8] {
    guard let start = data.data, data.len > 0 else { return [] }
    return [UInt8](UnsafeBufferPointer(start: start, count: data.len))
}

@inlinable
public func wireArray<C, T>(_ start: UnsafeMutablePointer<C>?, _ count: Int, _ copy: (C) -> T) -> [T] {
    guard let start, count > 0 else { return [] }
    return UnsafeBufferPointer(start: start, count: count).map(copy)
}

@inlinable
public func wireMessages<C, T>(
    _ start: UnsafeMutablePointer<UnsafeMutablePointer<C>?>?, _ count: Int, _ copy: (UnsafePointer<C>) -> T
) -> [T] {
    guard let start, count > 0 else { return [] }
    return UnsafeBufferPointer(start: start, count: count).compactMap { $0.map { copy(UnsafePointer($0)) } }
}

/// A key that comes twice has its last value, as protobuf says.
@inlinable
public func wireMap<C>(
    _ start: UnsafeMutablePointer<UnsafeMutablePointer<C>?>?, _ count: Int, _ copy: (UnsafePointer<C>) -> (String, String)
) -> [String: String] {
    Dictionary(wireMessages(start, count, copy), uniquingKeysWith: { _, last in last })
}
