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
    var array: [T] = []
    // Not `unsafeUninitializedCapacity`, which looks up the array's type at run time, for as much as the copying costs.
    array.reserveCapacity(count)
    for index in 0..<count { array.append(copy(start[index])) }
    return array
}

@inlinable
public func wireMessages<C, T>(
    _ start: UnsafeMutablePointer<UnsafeMutablePointer<C>?>?, _ count: Int, _ copy: (UnsafePointer<C>) -> T
) -> [T] {
    guard let start, count > 0 else { return [] }
    var array: [T] = []
    array.reserveCapacity(count)
    for index in 0..<count {
        // protobuf-c leaves no gap in a list that it unpacked.
        guard let element = start[index] else { continue }
        array.append(copy(UnsafePointer(element)))
    }
    return array
}

/// A key that comes twice has its last value, as protobuf says.
@inlinable
public func wireMap<C, Key: WireMapKey, Value>(
    _ start: UnsafeMutablePointer<UnsafeMutablePointer<C>?>?, _ count: Int, _ copy: (UnsafePointer<C>) -> (Key, Value)
) -> [Key: Value] {
    guard let start, count > 0 else { return [:] }
    var map = [Key: Value](minimumCapacity: count)
    for index in 0..<count {
        guard let entry = start[index] else { continue }
        let (key, value) = copy(UnsafePointer(entry))
        map[key] = value
    }
    return map
}
