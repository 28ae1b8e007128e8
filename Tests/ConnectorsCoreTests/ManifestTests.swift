import ConnectorManifests
import JSON
import Testing

@testable import ConnectorsCore

@Suite struct ManifestTests {
    @Test func theShippedManifestsHoldWhatTheyPromise() throws {
        let manifests = try ConnectorManifests.shipped()
        #expect(manifests.map(\.name) == ["changes", "finops", "github", "jira", "slack"])
        let operations = manifests.flatMap(\.operations).map(\.name)
        #expect(
            Set(operations) == [
                "changes.change.apply", "changes.change.verify", "finops.throttle.apply", "finops.throttle.lift", "github.issue.comment",
                "github.repository.restrict", "slack.chat.postMessage", "slack.chat.update", "jira.issue.create", "jira.issue.comment",
                "jira.issue.transition",
            ])
        for operation in manifests.flatMap(\.operations) { #expect(operation.idempotency != .unsafe, "\(operation.name) can be doubled") }
    }

    static let minimal = """
        schema: provable.dev/connector/v1
        name: demo
        version: "1.0.0"
        title: Demo
        secrets:
          - { name: token, title: Token }
        http:
          base_url: https://api.demo.example
          auth: { scheme: bearer, secret: token }
          egress:
            - { hosts: [api.demo.example], methods: [POST], paths: [/things] }
        operations:
          - name: demo.thing.make
            title: Make a thing
            idempotency: unsafe
            input: { type: object, required: [name], properties: { name: { type: string } } }
            output: { type: object }
            request: { method: POST, path: /things, body: { name: "${input.name}" } }
            result: { id: "${response.id}" }
        """

    func problems(_ change: (String) -> String) -> [String] {
        do {
            _ = try ConnectorManifests.read(Array(change(Self.minimal).utf8))
            return []
        } catch let error as ManifestError { return error.problems.map(\.description) } catch { return ["\(error)"] }
    }

    @Test func theMinimalManifestIsRight() { #expect(problems { $0 } == []) }

    @Test(arguments: [
        ("name: demo\n", "name: Demo|x\n", "/name: must be 1 to 32 of a-z, 0-9 and hyphen"),
        ("version: \"1.0.0\"", "version: \"1.0\"", "/version: must be three numbers with dots, as a text"),
        ("version: \"1.0.0\"", "version: 1.0", "/version: must be a text that is not empty"),
        ("title: Demo\n", "title: Demo\ncolour: red\n", "/colour: is not a known member"),
        ("https://api.demo.example", "http://user@api.demo.example", "/http/base_url: has no plain host name"),
        ("secret: token }", "secret: key }", "/secrets: the secret key is used and not declared"),
        ("name: demo.thing.make", "name: other.thing.make", "/operations/0/name: must begin with \"demo.\""),
        ("idempotency: unsafe", "idempotency: read-back", "/operations/0/guards: must be there exactly where idempotency is read-back"),
        ("idempotency: unsafe", "idempotency: maybe", "/operations/0/idempotency: must be idempotent, keyed, read-back or unsafe"),
        ("{ type: string }", "{ type: string, pattern: x }", "/operations/0/input: uses /properties/name/pattern, which is not known"),
        ("path: /things", "path: /other", "/operations/0: POST /other is not in the egress list"),
        ("${input.name}", "${input.other}", "/operations/0: ${input.other} is not in the input's schema"),
        ("${input.name}", "${secret.token}", "/operations/0: ${secret.token} leads nowhere"),
        ("${input.name}", "${input.name", "/operations/0/request/body: \"${input.name\" opens ${ and does not close it"),
        ("${response.id}", "${response.id | upper}", "/operations/0/result: ${response.id | upper} uses the unknown filter upper"),
    ])
    func aMistakeIsNamedWithItsPlace(text: String, replacement: String, problem: String) {
        #expect(
            problems { $0.replacing(text, with: replacement, maxReplacements: 1) }.contains(problem),
            "\(problems { $0.replacing(text, with: replacement, maxReplacements: 1) })")
    }

    @Test func allProblemsAreReportedAtOnce() {
        #expect(
            problems { $0.replacing("title: Demo\n", with: "").replacing("/things,", with: "/other,").replacing("unsafe", with: "maybe") }.count == 3)
    }

    @Test func keysThatStandTwiceAreRefused() { #expect(!problems { $0 + "\ntitle: Again\n" }.isEmpty) }
}
