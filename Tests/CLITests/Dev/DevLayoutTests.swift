import Glibc
import Identity
import Testing

@testable import provable

@Suite struct DevLayoutTests {
    @Test func portsMoveTogetherAndDoNotMeet() throws {
        for offset in [0, 1000, 40_000] {
            let ports = DevPorts(offset: offset)
            let all = [ports.http, ports.postgres, ports.redis, ports.stubs] + DevPorts.services.flatMap { [ports.rpc($0), ports.health($0)] }
            #expect(Set(all).count == 18)
            #expect(all.allSatisfy { $0 <= 65_535 })
            #expect(DevPorts(text: ports.text) == ports)
        }
        #expect(DevPorts(offset: 0).rpc(.ledger) == 7104)
        #expect(DevPorts(offset: 0, http: 9000).http == 9000)
        #expect(DevPorts(text: "x") == nil)
    }

    @Test func aTakenPortIsKnownWithItsHolder() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int in
                var size = size
                guard bind(descriptor, address, size) == 0, listen(descriptor, 1) == 0, getsockname(descriptor, address, &size) == 0 else { return 0 }
                return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
            }
        }
        let port = LoopbackPort(number: number)
        #expect(port.isTaken)
        #expect(port.holder?.contains("pid \(getpid())") == true)
    }
}
