import GatewayCore
import Testing
import Trust

@Suite struct IdempotencyKeyTests {
    @Test(arguments: [nil, "", "a b", "ä", String(repeating: "k", count: 201), "a\u{0}"] as [String?])
    func whatIsNoKeyIsRefusedByName(header: String?) {
        #expect {
            try IdempotencyKey(header: header)
        } throws: {
            ($0 as? Problem)?.errors.first?.field == "Idempotency-Key"
        }
    }

    @Test func theEffectKeyBelongsToTenantPersonAndKey() throws {
        let key = try IdempotencyKey(header: "k")
        let effect = key.effectKey(tenant: [1], principal: "a")
        #expect(effect == key.effectKey(tenant: [1], principal: "a"))
        #expect(effect != key.effectKey(tenant: [2], principal: "a"))
        #expect(effect != key.effectKey(tenant: [1], principal: "b"))
        #expect(effect != (try IdempotencyKey(header: "l")).effectKey(tenant: [1], principal: "a"))
    }

    @Test func noOtherSplitOfPersonAndKeyIsTheSameEffect() throws {
        let one = try IdempotencyKey(header: "xkey").effectKey(tenant: [1], principal: "a@b")
        let other = try IdempotencyKey(header: "key").effectKey(tenant: [1], principal: "a@bx")
        #expect(one != other)
    }

    @Test func fingerprintsTellRequestsApart() {
        let print = IdempotencyKey.fingerprint(method: "POST", path: "/v1/runs", body: [1])
        #expect(print != IdempotencyKey.fingerprint(method: "PUT", path: "/v1/runs", body: [1]))
        #expect(print != IdempotencyKey.fingerprint(method: "POST", path: "/v1/flows", body: [1]))
        #expect(print != IdempotencyKey.fingerprint(method: "POST", path: "/v1/runs", body: [2]))
    }
}

@Suite struct CursorSliceTests {
    @Test(arguments: [1, 2, 3, 7, 10, 200])
    func pagesTogetherAreTheWhole(limit: Int) throws {
        let all = Array(0..<10)
        var seen: [Int] = []
        var cursor: [UInt8] = []
        repeat {
            let part = try CursorSlice.part(of: all, cursor: cursor, limit: limit)
            #expect(part.items.count <= limit)
            seen += part.items
            cursor = part.next
        } while !cursor.isEmpty
        #expect(seen == all)
    }

    @Test(arguments: ["x", "-1", "1.5", "99999999999999999999"])
    func aForeignCursorIsRefusedByName(cursor: String) {
        #expect {
            try CursorSlice.part(of: [1], cursor: Array(cursor.utf8), limit: 1)
        } throws: {
            ($0 as? Problem)?.errors.map(\.field) == ["cursor"]
        }
    }

    @Test func pastTheEndThereIsNothing() throws {
        let part = try CursorSlice.part(of: [1, 2], cursor: Array(String(Int.max).utf8), limit: 200)
        #expect(part.items.isEmpty)
        #expect(part.next.isEmpty)
    }
}
