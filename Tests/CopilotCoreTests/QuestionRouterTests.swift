import CopilotCore
import Identity
import Testing

@Suite struct QuestionRouterTests {
    private let run = RunID("0192f000-0000-7000-8000-0000000000aa")

    @Test func understandsTheThreeQuestions() throws {
        let run = try #require(run)
        let router = QuestionRouter()
        #expect(router.route("Why is run \(run) waiting?").question == .whyWaiting(.id(run)))
        #expect(router.route("what did run 0000aa cost").question == .runCost(.fragment("0000aa")))
        #expect(router.route("Show what was BLOCKED today").question == .blockedToday)
        #expect(router.route("why is this stuck").question == .whyWaiting(.current))
        #expect(router.route("Tell me a joke").question == .unknown)
    }

    @Test func explainsItsRoute() {
        #expect(QuestionRouter().route("why does it wait").reason == "the words \"why\" and \"wait\" ask why a run does not move")
    }

    @Test(arguments: ["", "\u{0}", String(repeating: "cost ", count: 100_000), "ﷺ 0xdeadbeef"])
    func survivesHostileText(text: String) {
        #expect(!QuestionRouter().route(text).reason.isEmpty)
    }
}
