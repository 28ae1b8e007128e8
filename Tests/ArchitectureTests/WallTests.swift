import Testing

/// The walls of docs/architecture.md. The compiler holds most of them through Package.swift; these see what it cannot.
@Suite struct WallTests {
    static let services = ["Ledger", "Policy", "FlowEngine", "Connectors", "FinOps", "Copilot", "Gateway"]

    /// What a Core target may import: pure modules, and Foundation's values.
    static let pure: Set<String> = [
        "JSON", "Identity", "Trust", "Receipts", "Cedar", "SessionRules", "CEL", "FoundationEssentials", "Foundation", "Synchronization",
    ]

    @Test(arguments: services)
    func coreImportsNothingThatDoesIO(service: String) throws {
        let files = try SourceTree.files(below: "Services/\(service)/Core")
        #expect(!files.isEmpty)
        for file in files {
            #expect(Set(file.imports).subtracting(Self.pure).isEmpty, "\(file.path) imports \(file.imports)")
        }
    }

    @Test(arguments: services)
    func noServiceImportsAnother(service: String) throws {
        let foreign = Set(Self.services.filter { $0 != service }.flatMap { ["\($0)Core", "\($0)Service"] })
        for file in try SourceTree.files(below: "Services/\(service)") {
            #expect(foreign.isDisjoint(with: file.imports), "\(file.path) imports \(file.imports)")
        }
    }

    @Test func sharedImportsNoService() throws {
        let all = Set(Self.services.flatMap { ["\($0)Core", "\($0)Service"] })
        for file in try SourceTree.files(below: "Shared") {
            #expect(all.isDisjoint(with: file.imports), "\(file.path) imports \(file.imports)")
        }
    }

    @Test(arguments: services)
    func coreReadsNoClockAndNoFile(service: String) throws {
        let forbidden = [
            "Date()", "Date.now", "UUID()", "FileManager", "ProcessInfo", "ContinuousClock.now", "SystemRandomNumberGenerator", ".random(",
        ]
        for file in try SourceTree.files(below: "Services/\(service)/Core") {
            for (number, line) in file.lines.enumerated() where !line.trimmed.hasPrefix("//") {
                for word in forbidden { #expect(!line.contains(word), "\(file.path):\(number + 1) uses \(word)") }
            }
        }
    }

    @Test(arguments: services)
    func executablesOnlyWire(service: String) throws {
        for file in try SourceTree.files(below: "Services/\(service)/Main") {
            #expect(file.lines.count <= 60, "\(file.path) has \(file.lines.count) lines")
        }
    }
}

extension String {
    var trimmed: String { String(drop { $0 == " " }) }
}
