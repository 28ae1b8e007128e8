public import CProtobufC

/// A bump allocator that lives as long as the encoding or decoding of one message.
///
/// protobuf-c's structs, strings and arrays all come from here and are released together; what protobuf-c frees one by
/// one is left alone.
///
/// SAFETY: `state` is made in `init`, released in `deinit`, and reached only through this non-copyable value, which the
/// callers borrow: no pointer into the arena can be used after it, since every function that returns one is called by
/// generated code that copies the content to Swift values before the arena ends.
public struct WireArena: ~Copyable {
    private let state: UnsafeMutablePointer<ArenaState>

    /// - Parameters:
    ///   - cap: Bytes that it may hand out in all; beyond it protobuf-c gets NULL and gives up.
    ///   - firstChunk: Bytes that it sets aside at once; more are fetched as they are needed.
    public init(cap: Int, firstChunk: Int = 2048) {
        state = ArenaState.make(cap: cap, firstChunk: firstChunk)
    }

    deinit { ArenaState.release(state) }

    /// The cap was reached.
    public var isExhausted: Bool { state.pointee.isExhausted }

    /// For protobuf-c's unpack functions.
    public var allocator: UnsafeMutablePointer<ProtobufCAllocator> {
        // SAFETY: `allocator` is the first stored property of a struct at a stable address.
        UnsafeMutableRawPointer(state).assumingMemoryBound(to: ProtobufCAllocator.self)
    }

    /// Uninitialised memory for one C struct; the caller initialises it at once.
    @inlinable
    public func allocate<C>(_: C.Type) -> UnsafeMutablePointer<C> {
        allocate(C.self, count: 1)
    }

    @inlinable
    public func allocate<C>(_: C.Type, count: Int) -> UnsafeMutablePointer<C> {
        raw(MemoryLayout<C>.stride * count).bindMemory(to: C.self, capacity: count)
    }

    @inlinable
    public func allocatePointers<C>(to _: C.Type, count: Int) -> UnsafeMutablePointer<UnsafeMutablePointer<C>?> {
        allocate(UnsafeMutablePointer<C>?.self, count: count)
    }

    @usableFromInline
    func raw(_ size: Int) -> UnsafeMutableRawPointer {
        guard let pointer = state.pointee.allocate(size) else {
            // Only decoding has a cap, and decoding does not come here.
            preconditionFailure("out of memory")
        }
        return pointer
    }
}

extension WireArena {
    public func place(_ bytes: [UInt8]) -> ProtobufCBinaryData {
        bytes.withUnsafeBytes { place($0) }
    }

    public func place(_ string: String) -> ProtobufCBinaryData {
        var string = string
        return string.withUTF8 { place(UnsafeRawBufferPointer($0)) }
    }

    private func place(_ bytes: UnsafeRawBufferPointer) -> ProtobufCBinaryData {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return ProtobufCBinaryData() }
        let copy = raw(bytes.count)
        copy.copyMemory(from: source, byteCount: bytes.count)
        return ProtobufCBinaryData(len: bytes.count, data: copy.assumingMemoryBound(to: UInt8.self))
    }

    /// The entries of a map, in the order of their keys.
    @inlinable
    public func placeMap<Key: WireMapKey, Value, Entry>(
        _ map: [Key: Value], as _: Entry.Type, _ fill: (UnsafeMutablePointer<Entry>, Key, Value) -> Void
    ) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>?) {
        guard !map.isEmpty else { return (0, nil) }
        let list = allocatePointers(to: Entry.self, count: map.count)
        let sorted = map.sorted { Key.stands($0.key, before: $1.key) }
        for (index, pair) in sorted.enumerated() {
            let entry = allocate(Entry.self)
            fill(entry, pair.key, pair.value)
            list[index] = entry
        }
        return (map.count, list)
    }
}
