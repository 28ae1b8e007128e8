import JSON
import Testing

@testable import Cedar

@Suite("Hostile input")
struct HostileInputTests {
    @Test("Nesting beyond the limit is refused, and up to it is evaluated")
    func depth() throws {
        func nested(_ count: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: count) + "true" + String(repeating: close, count: count)
        }
        #expect(try outcome(nested(990, "(", ")")) == .holds)
        #expect(try outcome(nested(990, "!(!(", "))").replacing("!(!(", with: "!!(").replacing("))", with: ")")) == .holds)
        #expect(try outcome("[\(nested(900, "[", "]"))] == [\(nested(900, "[", "]"))]") == .holds)
        #expect(try outcome(nested(990, "if true then ", " else false")) == .holds)
        for (open, close) in [("(", ")"), ("[", "]"), ("{a: ", "}"), ("!(", ")"), ("if true then ", " else false"), ("ip(", ")")] {
            let found = diagnostics("permit(principal, action, resource) when { \(nested(100_000, open, close)) };")
            #expect(found.contains { $0.message.contains("nested deeper than") }, "\(open)")
        }
        let scope = "permit(principal == \(String(repeating: "(", count: 100_000))User::\"a\", action, resource);"
        #expect(diagnostics(scope).contains { $0.message.contains("nested deeper than") })
    }

    @Test("Many policies on one line, and many lines, cost what they are long")
    func manyPolicies() throws {
        let policy = "permit(principal, action, resource);"
        let line = try PolicySet(parsing: "//é\n " + String(repeating: policy, count: 20_001))
        #expect(line.policies.count == 20_001)
        #expect(line.policies[20_000].position == SourcePosition(line: 2, column: 2 + 36 * 20_000, offset: 6 + 36 * 20_000))
        let lines = try PolicySet(parsing: String(repeating: policy + "\n", count: 20_000))
        #expect(lines.policies[19_999].position == SourcePosition(line: 20_000, column: 1, offset: 37 * 19_999))
    }

    @Test("Positions count scalars", arguments: [0, 1, 1022, 1023, 1024, 1025, 5000])
    func positions(_ before: Int) {
        let source = SourceText(String(repeating: "é", count: before) + "\n" + String(repeating: "x", count: before) + "y")
        #expect(source.position(of: 2 * before) == SourcePosition(line: 1, column: before + 1, offset: 2 * before))
        #expect(source.position(of: 3 * before + 1) == SourcePosition(line: 2, column: before + 1, offset: 3 * before + 1))
        #expect(source.position(of: 3 * before + 2).column == before + 2)
    }

    @Test("Long chains are as deep a tree, and cost no stack")
    func chains() throws {
        #expect(try outcome(Array(repeating: "true", count: 50_000).joined(separator: " && ")) == .holds)
        #expect(try outcome(Array(repeating: "false", count: 50_000).joined(separator: " || ")) == .fails)
        #expect(try outcome(Array(repeating: "1", count: 50_000).joined(separator: " + ") + " == 50000") == .holds)
        #expect(try errs("context" + String(repeating: ".a", count: 50_000)))
    }

    @Test("Nested `is … in` and `has` paths do not multiply")
    func noDuplication() throws {
        var text = "principal"
        for _ in 0..<60 { text = "(\(text) is User in principal)" }
        #expect(try errs(text))
        var path = "principal"
        for _ in 0..<60 { path = "(\(path) has address.city)" }
        #expect(try errs(path))
    }

    @Test("A pattern of many stars costs its length times the text's")
    func pattern() throws {
        let text = String(repeating: "a", count: 5_000)
        #expect(try outcome("\"\(text)\" like \"\(String(repeating: "*a", count: 1_000))b\"") == .fails)
    }

    @Test("Large and deeply nested sets are compared by their digests")
    func sets() throws {
        let many: JSONValue = .array((0..<20_000).map { .int(Int64($0)) })
        #expect(try outcome("context.a == context.b && context.a.containsAll(context.b)", context: ["a": many, "b": many]) == .holds)
        var deep: JSONValue = [1]
        for level in 0..<100 { deep = [deep, .int(Int64(level))] }
        #expect(try outcome("context.a == context.b", context: ["a": deep, "b": deep]) == .holds)
    }

    @Test("A deep hierarchy costs no stack, and a cycle is refused")
    func hierarchy() throws {
        func uid(_ number: Int) -> EntityUID { EntityUID(type: "G", id: Text("\(number)")) }
        let chain = (0..<300).map { Entity(uid: uid($0), parents: [uid($0 + 1)]) }
        #expect(try Entities(chain).isMember(uid(0), of: uid(300)))
        #expect(throws: EntitiesError.self) { try Entities(chain + [Entity(uid: uid(300), parents: [uid(0)])]) }
    }

    @Test("Mutated policies parse or are refused, and never trap")
    func mutations() throws {
        let seed: UInt64 = 0xCEDA_2025
        var random = SplitMix(state: seed)
        let base = Array(
            """
            @id("a") permit(principal is User in Group::"g", action in [Action::"x"], resource == Photo::"p") when { context has a.b && \
            ["x", {k: -1}].contains(ip("::1/8")) } unless { principal.x["y"] like "*\\u{41}\\*" || 1 + 2 * 3 < -4 };
            """.utf8)
        for _ in 0..<3_000 {
            var bytes = base
            for _ in 0...Int(random.next() % 4) {
                let at = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes.remove(at: at)
                case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                default: bytes.insert(base[Int(random.next() % UInt64(base.count))], at: at)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let set = try? PolicySet(parsing: text) else { continue }
            _ = Authorizer.isAuthorized(try request(), set, .none)
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
