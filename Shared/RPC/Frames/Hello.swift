package import NIOCore

/// The first frame in each direction.
package struct Hello: Hashable, Sendable {
    /// Of the protocol; both ends take the highest that both speak.
    package var versionMin: UInt16 = 1
    package var versionMax: UInt16 = 1
    /// For logs. Who the peer is stands in its certificate.
    package var service: String
    package var build: String
    package var metadataBytesMax: UInt32
    package var messageBytesMax: UInt32
    package var streamsMax: UInt32
    /// By id; empty from a client.
    package var methods: [UInt32: String]

    package init(
        service: String, build: String, limits: FrameLimits = .standard, streamsMax: UInt32 = 1024, methods: [UInt32: String] = [:]
    ) {
        self.service = service
        self.build = build
        self.metadataBytesMax = UInt32(limits.metadataBytesMax)
        self.messageBytesMax = UInt32(limits.messageBytesMax)
        self.streamsMax = streamsMax
        self.methods = methods
    }

    private enum Key {
        static let versions: UInt8 = 32
        static let service: UInt8 = 33
        static let build: UInt8 = 34
        static let limits: UInt8 = 35
        /// `u32 id | name`; once per method.
        static let method: UInt8 = 36
    }

    static let version: UInt16 = 1
    private static let methodsMax = 1024

    package func write(into buffer: inout ByteBuffer) {
        var body = ByteBuffer()
        body.writeField(Key.versions, integer: UInt32(versionMin) << 16 | UInt32(versionMax))
        body.writeField(Key.service, service)
        body.writeField(Key.build, build)
        body.writeMultipleIntegers(Key.limits, UInt16(12), metadataBytesMax, messageBytesMax, streamsMax)
        for (id, name) in methods.sorted(by: { $0.key < $1.key }) {
            body.writeMultipleIntegers(Key.method, UInt16(4 + name.utf8.count), id)
            body.writeString(name)
        }
        buffer.writeFrame(.hello, streamID: 0, payload: body)
    }

    package init(reading payload: ByteBuffer) throws(FrameError) {
        self.init(service: "", build: "")
        var reader = TaggedFieldReader(payload)
        var hasVersions = false
        while let (key, value) = try reader.next() {
            var value = value
            switch key {
            case Key.versions:
                let both = try value.wholeInteger(UInt32.self)
                (versionMin, versionMax, hasVersions) = (UInt16(both >> 16), UInt16(truncatingIfNeeded: both), true)
            case Key.service: service = try value.cleanText()
            case Key.build: build = try value.cleanText()
            case Key.limits:
                guard let limits = value.readMultipleIntegers(as: (UInt32, UInt32, UInt32).self) else { throw .malformedHello }
                (metadataBytesMax, messageBytesMax, streamsMax) = limits
            case Key.method:
                guard let id = value.readInteger(as: UInt32.self), methods.count < Self.methodsMax else { throw .malformedHello }
                methods[id] = try value.cleanText()
            default: break
            }
        }
        guard hasVersions else { throw .malformedHello }
        guard versionMin <= Self.version, Self.version <= versionMax else { throw .incompatibleVersion }
    }
}
