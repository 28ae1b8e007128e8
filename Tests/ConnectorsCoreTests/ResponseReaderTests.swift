import JSON
import Testing

@testable import ConnectorsCore

@Suite struct ResponseReaderTests {
    let reader = ResponseReader(rules: nil)
    let slack = ResponseReader(
        rules: FailureRules(
            field: "ok", value: false, code: "error", classes: ["channel_not_found": .notFound, "ratelimited": .rateLimited],
            retryable: ["ratelimited"]))

    func read(_ status: Int, _ body: String = "", _ headers: [String: String] = [:]) -> Reading {
        reader.read(.response(VendorResponse(status: status, headers: headers, body: Array(body.utf8))))
    }

    func failure(_ reading: Reading) -> CallFailure? { if case .failed(let failure) = reading { failure } else { nil } }

    @Test(arguments: [
        (400, ErrorClass.invalidInput, false), (401, .unauthorized, false), (403, .unauthorized, false), (404, .notFound, false),
        (408, .timeout, true),
        (409, .conflict, false), (410, .notFound, false), (418, .vendorError, false), (422, .invalidInput, false), (423, .conflict, false),
        (429, .rateLimited, true),
        (302, .vendorError, false),
    ])
    func aRefusalHasOneMeaning(status: Int, errorClass: ErrorClass, isRetryable: Bool) {
        let failure = failure(read(status))
        #expect(failure?.errorClass == errorClass && failure?.isRetryable == isRetryable)
    }

    @Test func theVendorsWordsAreKept() {
        #expect(failure(read(422, #"{"message":"Validation Failed"}"#))?.message == "the vendor answered 422: Validation Failed")
        #expect(failure(read(400, #"{"errorMessages":["a"],"errors":{"summary":"b"}}"#))?.message == "the vendor answered 400: a; summary: b")
        #expect(failure(read(400, #"{"message":"\#(String(repeating: "x", count: 9_000))"}"#))?.message.count == CallFailure.messageCharacterCount)
    }

    @Test func throttlesSayWhenToComeBack() {
        #expect(failure(read(429, "", ["retry-after": "7"]))?.retryAfter == .seconds(7))
        #expect(failure(read(403, "", ["retry-after": "60"]))?.errorClass == .rateLimited)
        #expect(failure(read(403, "", ["x-ratelimit-remaining": "0"]))?.isRetryable == true)
        #expect(failure(read(429, "", ["retry-after": "-1"]))?.retryAfter == nil)
        #expect(failure(read(429, "", ["retry-after": "99999999"]))?.retryAfter == .seconds(3_600))
    }

    @Test(arguments: [500, 502, 503, 504, 599])
    func aServersFailureLeavesADoubt(status: Int) {
        guard case .ambiguous(let failure) = read(status) else { Issue.record("\(read(status))"); return }
        #expect(failure.errorClass == .vendorError && failure.isRetryable)
    }

    @Test func aServerThatIsNotReadyHasNotBegun() { #expect(failure(read(503, "", ["retry-after": "1"]))?.isRetryable == true) }

    @Test func whetherItWasSentDecides() {
        #expect(failure(reader.read(.notSent(reason: "refused")))?.isRetryable == true)
        guard case .ambiguous(let late) = reader.read(.noAnswer(reason: "x", isTimeout: true)) else { Issue.record("no doubt"); return }
        #expect(late.errorClass == .timeout)
    }

    @Test func aYesThatIsCutLeavesADoubt() {
        guard case .ambiguous = read(201, #"{"id":1,"bo"#) else { Issue.record("no doubt"); return }
        #expect(read(200, #"{"id":1}"#) == .success(["id": 1]))
        #expect(read(204) == .success([:]))
    }

    @Test func aTwoHundredCanBeAFailure() {
        func read(_ body: String) -> Reading { slack.read(.response(VendorResponse(status: 200, body: Array(body.utf8)))) }
        #expect(read(#"{"ok":true}"#) == .success(["ok": true]))
        #expect(failure(read(#"{"ok":false,"error":"channel_not_found"}"#))?.errorClass == .notFound)
        #expect(failure(read(#"{"ok":false,"error":"fatal_error"}"#))?.errorClass == .vendorError)
        #expect(failure(read(#"{"ok":false,"error":"ratelimited"}"#))?.isRetryable == true)
    }
}
