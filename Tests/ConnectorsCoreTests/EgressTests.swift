import JSON
import Testing

@testable import ConnectorsCore

@Suite struct EgressTests {
    static let rules = [
        EgressRule(
            hosts: [HostPattern("api.demo.example"), HostPattern("*.sites.example")], methods: ["GET"],
            paths: [PathPattern("/things/*"), PathPattern("/x")])
    ]
    let policy = EgressPolicy(rules: rules, development: [])
    let development = EgressPolicy(rules: rules, development: ["127.0.0.1:7301"])

    func request(_ method: String, _ path: String) -> RenderedRequest { RenderedRequest(method: method, path: path, query: "", headers: []) }

    @Test(arguments: ["https://api.demo.example", "https://API.demo.example:443", "https://a.sites.example", "https://a.b.sites.example/prefix"])
    func hostsOfTheListMayBeReached(text: String) throws { try policy.check(request("GET", "/things/1"), base: try VendorURL(text)) }

    @Test(arguments: [
        "http://api.demo.example", "https://api.demo.example:8443", "https://evil.example", "https://api.demo.example.evil.example",
        "https://sites.example",
        "https://evilsites.example", "https://127.0.0.1", "https://10.0.0.1", "http://127.0.0.1:7301",
    ])
    func othersMayNot(text: String) throws {
        let base = try VendorURL(text)
        #expect(throws: EgressRefusal.self) { try policy.check(base: base) }
    }

    @Test(arguments: [
        "", "api.demo.example", "ftp://api.demo.example", "https://", "https://user@api.demo.example", "https://api.demo.example:0",
        "https://api.demo.example:+443",
        "https://api.demo.example:70000", "https://a.example?x", "https://a.example#x", "https://a.example/../b", "https://a.example/%2e",
        "https://a.example\\@b",
        "https://0x7f.0.0.1", "https://127.1", "https://2130706433", "https://0177.0.0.1", "https://[::1]", "https://a..example",
        "https://-a.example", "https://é.example",
        "https://a.example/b c", "https://127.0.0.1.", "https://1.2.3.4.5",
    ])
    func addressesThatParsersDisagreeAboutAreNone(text: String) { #expect(throws: VendorURL.Problem.self) { try VendorURL(text) } }

    @Test(arguments: [
        ("POST", "/things/1"), ("GET", "/other"), ("GET", "/things"), ("GET", "/things/1/2"), ("GET", "/things/"), ("GET", "/things/.."),
        ("GET", "/things/%2E%2e"),
        ("GET", "/things/a%2fb"), ("GET", "//x"),
    ])
    func methodAndPathAreHeldInDevelopmentToo(method: String, path: String) throws {
        let (remote, local) = (try VendorURL("https://api.demo.example"), try VendorURL("http://127.0.0.1:7301/demo"))
        #expect(throws: EgressRefusal.self) { try policy.check(request(method, path), base: remote) }
        #expect(throws: EgressRefusal.self) { try development.check(request(method, path), base: local) }
    }

    @Test func developmentOpensExactlyOneAddress() throws {
        try development.check(request("GET", "/things/1"), base: try VendorURL("http://127.0.0.1:7301/demo"))
        for text in ["http://127.0.0.1:7302", "http://127.0.0.2:7301", "http://localhost:7301"] {
            let base = try VendorURL(text)
            #expect(throws: EgressRefusal.self) { try development.check(base: base) }
        }
    }

    @Test func aNameThatResolvesInwardsIsRefused() throws {
        let base = try VendorURL("https://api.demo.example")
        let outside = try #require(IPAddress(v4: "93.184.216.34")), inside = try #require(IPAddress(v4: "10.1.2.3"))
        try policy.check(addresses: [outside], of: base)
        for addresses in [[], [inside], [outside, inside]] {
            #expect(throws: EgressRefusal.self) { try policy.check(addresses: addresses, of: base) }
        }
    }

    @Test(arguments: [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.168.1.1", "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ])
    func specialAddressesAreNotPublic(text: String) throws { #expect(try #require(IPAddress(v4: text)).isPublic == false) }

    @Test(arguments: ["1.1.1.1", "100.63.0.1", "172.15.0.1", "172.32.0.1", "192.167.0.1", "223.255.255.255"])
    func theirNeighboursAre(text: String) throws { #expect(try #require(IPAddress(v4: text)).isPublic) }

    @Test(
        arguments: [
            ([0x20, 0x01, 0x48, 0x60], true), ([0x26, 0x06, 0x47, 0x00], true), ([0x20, 0x01, 0x00, 0x00], false), ([0x20, 0x01, 0x0D, 0xB8], false),
            ([0x20, 0x02, 0x7F, 0x00], false), ([0xFC, 0x00, 0, 0], false), ([0xFE, 0x80, 0, 0], false), ([0x00, 0x64, 0xFF, 0x9B], false),
            ([0, 0, 0, 0], false),
            ([0x3F, 0xFF, 0x00, 0x01], false), ([0xFF, 0x02, 0, 0], false),
        ] as [([UInt8], Bool)])
    func v6IsPublicOnlyInGlobalUnicast(prefix: [UInt8], isPublic: Bool) throws {
        #expect(try #require(IPAddress(bytes: prefix + [UInt8](repeating: 1, count: 12))).isPublic == isPublic)
    }
}
