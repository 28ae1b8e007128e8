internal import JSON
internal import Trust

/// What holds for every receipt, whoever made it.
enum ReceiptRules {
    /// No floats, since two languages print one float differently, and no integers that a float cannot hold.
    static func checkNumbers(_ value: JSONValue, at path: String) throws(ReceiptError) {
        switch value {
        case .double: throw ReceiptError(path, "is a float; use an integer in minor units")
        case .int(let number):
            guard number.magnitude <= ReceiptLimits.integerMagnitude.magnitude else { throw ReceiptError(path, "is beyond ±(2^53 - 1)") }
        case .array(let values):
            for (index, value) in values.enumerated() { try checkNumbers(value, at: "\(path)/\(index)") }
        case .object(let members):
            for (key, value) in members { try checkNumbers(value, at: "\(path)/\(key)") }
        case .null, .bool, .string: break
        }
    }

    static func depth(of value: JSONValue) -> Int {
        switch value {
        case .array(let values): 1 + (values.lazy.map { depth(of: $0) }.max() ?? 0)
        case .object(let members): 1 + (members.lazy.map { depth(of: $0.value) }.max() ?? 0)
        case .null, .bool, .int, .double, .string: 0
        }
    }

    static func check(_ statement: ReceiptStatement) throws(ReceiptError) {
        try checkName(statement.tenantOrigin, "/predicate/tenant")
        try checkName(statement.emitter.instance, "/predicate/emitter/instance")
        try checkName(statement.outcome, "/predicate/outcome")
        if let step = statement.step { try checkName(step, "/predicate/step") }
        if let trace = statement.trace { try checkTrace(trace) }
        let position = statement.emitter.position
        guard position.epoch >= 0, position.sequence >= 1, position.sequence > 1 || position.previous == nil else {
            throw ReceiptError("/predicate/emitter", "epoch counts from 0, seq from 1, and the first has no prev")
        }
        guard !statement.subject.isEmpty, statement.subject.count <= ReceiptLimits.subjectCount else {
            throw ReceiptError("/subject", "holds 1 to \(ReceiptLimits.subjectCount) entries")
        }
        for (index, subject) in statement.subject.enumerated() { try checkName(subject.name, "/subject/\(index)/name") }
        guard statement.causes.count <= ReceiptLimits.causeCount else {
            throw ReceiptError("/predicate/causes", "holds at most \(ReceiptLimits.causeCount) digests")
        }
        guard Set(statement.disclosureDigests).count == statement.disclosureDigests.count else {
            throw ReceiptError("/predicate/_sd", "names a digest twice")
        }
    }

    /// W3C Trace Context, section 3.2.2.3: all zeros is no trace.
    private static func checkTrace(_ trace: String) throws(ReceiptError) {
        let digits = trace.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard trace.utf8.count == 32, digits, trace.utf8.contains(where: { $0 != 0x30 }) else {
            throw ReceiptError("/predicate/trace", "is not 32 lower-case hexadecimal digits, not all of them zero")
        }
    }

    private static func checkName(_ name: String, _ path: String) throws(ReceiptError) {
        guard !name.isEmpty, name.utf8.count <= ReceiptLimits.nameByteCount, name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw ReceiptError(path, "is empty, longer than \(ReceiptLimits.nameByteCount) bytes or holds a control character")
        }
    }
}
