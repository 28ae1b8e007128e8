import GatewayCore
import JSON
import Testing

@Suite struct ShapeTests {
    private let run = Shape.object(
        name: "Run",
        [
            .init("flow", .text(maximum: 10)), .init("id", .text(.uuid), required: false),
            .init("state", .choice(["open", "closed"]), required: false),
            .init("count", .integer(1...5), required: false), .init("tags", .list(.text(), maximum: 2), required: false),
            .init("note", .nullable(.text()), required: false), .init("input", .map(.any), required: false),
        ])

    private func fields(_ value: JSONValue) -> [String] { run.problems(in: value).map(\.field) }

    @Test func whatFitsHasNoProblems() {
        let value: JSONValue = [
            "flow": "a", "id": "0192f000-0000-7000-8000-000000000001", "state": "open", "count": 5, "tags": ["x"], "note": nil, "input": ["a": 1],
        ]
        #expect(run.problems(in: value).isEmpty)
    }

    @Test func everyFieldThatDoesNotFitIsNamed() {
        #expect(fields([:]) == ["/flow"])
        #expect(fields(["flow": 1]) == ["/flow"])
        #expect(fields(["flow": "abcdefghijk"]) == ["/flow"])
        #expect(fields(["flow": "a\u{0}"]) == ["/flow"])
        #expect(fields(["flow": "a", "count": 6, "state": "ajar"]) == ["/state", "/count"])
        #expect(fields(["flow": "a", "count": 1.5]) == ["/count"])
        #expect(fields(["flow": "a", "tags": ["x", 2]]) == ["/tags/1"])
        #expect(fields(["flow": "a", "tags": ["x", "y", "z"]]) == ["/tags"])
        #expect(fields(["flow": "a", "id": "0192F000-0000-7000-8000-000000000001"]) == ["/id"])
        #expect(fields([1]) == [""])
    }

    @Test func anUnknownFieldIsRefusedWithWhatWasMeant() {
        let problems = run.problems(in: ["flwo": "a"])
        #expect(problems.map(\.field) == ["/flwo", "/flow"])
        #expect(problems[0].fix == "did you mean flow?")
        #expect(run.problems(in: ["flow": "a", "a/b~": 1]).map(\.field) == ["/a~1b~0"])
        #expect(run.problems(in: ["flow": "a", "elephant": 1])[0].fix.hasPrefix("use only flow, id"))
    }

    @Test func mistakesWithoutNumberGetAnAnswerWithABound() {
        var members: JSONObject = ["flow": "a"]
        for index in 0..<5_000 { members["unknown\(index)"] = 1 }
        #expect(run.problems(in: .object(members)).count < 50)
    }

    @Test func textsOfAQueryAreReadByTheirShape() {
        #expect(Shape.integer(1...200).problems(inText: "200", at: "limit").isEmpty)
        for text in ["0", "201", "x", "1.5", "", "99999999999999999999"] {
            #expect(Shape.integer(1...200).problems(inText: text, at: "limit").map(\.field) == ["limit"], "\(text)")
        }
    }

    @Test func namedShapesAreReferredToAndDefinedOnce() throws {
        let shape = Shape.list(.object(name: "A", [.init("id", .text(.uuid)), .init("role", .choice(["x"], name: "Role"))]))
        #expect(shape.schema["items"]?["$ref"] == "#/components/schemas/A")
        #expect(Set(shape.definitions.keys) == ["A", "ID", "Role"])
        #expect(shape.definitions["A"]?["properties"]?["id"]?["$ref"] == "#/components/schemas/ID")
        #expect(shape.definitions["A"]?["required"] == ["id", "role"])
    }
}

@Suite struct SpellingTests {
    @Test(arguments: [("flwo", "flow"), ("limits", "limit"), ("sate", "state")])
    func nearWordsAreMeant(word: String, meant: String) { #expect(Spelling.closest(to: word, among: ["flow", "limit", "state"]) == meant) }

    @Test(arguments: ["", "elephant", "xy", String(repeating: "f", count: 1_000)])
    func othersAreNot(word: String) { #expect(Spelling.closest(to: word, among: ["flow", "limit", "state"]) == nil) }
}
