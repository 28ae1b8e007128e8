// swift-tools-version:6.2
import PackageDescription

// One package, one target per layer. A wall that must hold is a missing dependency here:
// a Core target lists nothing that does I/O, a service never lists another service.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func shared(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: path ?? "Shared/\(name)", exclude: exclude, swiftSettings: strict)
}

/// A system library under `Shared/CSystem`, found by pkg-config and installed by the Debian package named.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Shared/CSystem/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// The three layers of a service: a pure core, the adapters around it, and an executable that only wires them.
func service(
    _ folder: String,
    executable: String,
    core: [Target.Dependency] = [],
    adapters: [Target.Dependency] = []
) -> [Target] {
    [
        .target(
            name: "\(folder)Core", dependencies: ["JSON", "Identity"] + core, path: "Services/\(folder)/Core",
            swiftSettings: strict),
        .target(
            name: "\(folder)Service",
            dependencies: [
                .target(name: "\(folder)Core"), "JSON", "Identity", "Wire", "RPC", "Trust", "Receipts", "Postgres", "Redis", "ServiceKit", logging,
            ] + adapters,
            path: "Services/\(folder)/Service", swiftSettings: strict),
        .executableTarget(
            name: executable, dependencies: [.target(name: "\(folder)Service"), "Identity", "ServiceKit", "Wire"], path: "Services/\(folder)/Main",
            swiftSettings: strict),
    ]
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", resources: resources, swiftSettings: strict)
}

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioConcurrency: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let swiftProtobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")

let sharedTargets: [Target] = [
    system("CPq", pkgConfig: "libpq", apt: "libpq-dev"),
    system("CHiredis", pkgConfig: "hiredis", apt: "libhiredis-dev"),
    system("CProtobufC", pkgConfig: "libprotobuf-c", apt: "libprotobuf-c-dev"),
    system("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
    .systemLibrary(name: "CLinux", path: "Shared/CSystem/CLinux"),
    .target(name: "CProtos", dependencies: ["CProtobufC"], path: "Shared/CProtos"),
    shared("JSON"),
    shared("Identity"),
    shared("Trust", ["COpenSSL"]),
    shared("Receipts", ["JSON", "Identity", "Trust"]),
    shared("Cedar", ["JSON"]),
    shared("SessionRules", ["Cedar", "JSON"]),
    shared("CEL", ["JSON"]),
    shared("WireRuntime", path: "Shared/Wire/Runtime", ["CProtobufC", nioCore]),
    shared("RPC", ["WireRuntime", "Identity", "JSON", "Trust", "COpenSSL", "CLinux", nioCore, nioPosix, nioConcurrency, logging]),
    shared("Wire", path: "Shared/Wire/Generated", ["CProtos", "CProtobufC", "WireRuntime", "RPC", "Identity", nioCore]),
    shared("Postgres", ["CPq", "CLinux", "Identity", logging]),
    shared("Redis", ["CHiredis", "Identity", nioCore, nioPosix, logging]),
    shared(
        "ServiceKit",
        [
            "JSON", "Identity", "Trust", "Receipts", "Wire", "RPC", "Postgres", "Redis", "WireRuntime", lifecycle, unixSignals, hummingbird,
            httpClient,
            logging, nioCore, nioPosix, nioHTTP1,
        ]),
    shared("TestKit", ["CLinux", "JSON", "Identity", "Trust", "Postgres", "Redis", "RPC", "ServiceKit", logging], exclude: ["Faults"]),
    // Of the test kit, what needs nothing but the mesh.
    shared("FaultTransport", path: "Shared/TestKit/Faults", ["RPC", nioCore]),
]

let serviceTargets: [Target] =
    service("Ledger", executable: "provable-ledger", core: ["Receipts", "Trust"])
    + service("Policy", executable: "provable-policy", core: ["Cedar", "SessionRules", "Trust"], adapters: ["Cedar", "SessionRules"])
    + service("FlowEngine", executable: "provable-flow-engine", core: ["CEL", "Trust"], adapters: ["CEL", yams])
    + service(
        "Connectors", executable: "provable-connectors", core: ["Trust"],
        adapters: ["ConnectorManifests", "WireRuntime", httpClient, nioCore, nioPosix, nioHTTP1])
    + service("FinOps", executable: "provable-finops")
    + service("Copilot", executable: "provable-copilot")
    + service("Gateway", executable: "provable-gateway", core: ["Trust", "Cedar"], adapters: [hummingbird, hummingbirdCore, nioCore, nioPosix])

let toolTargets: [Target] = [
    .executableTarget(
        name: "provable",
        dependencies: [
            "JSON", "Identity", "Trust", "Receipts", "Cedar", "SessionRules", "CEL", "RPC", "Wire", "Postgres", "Redis", "ServiceKit", "CLinux",
            "FlowEngineCore", "FlowImporting", "ConnectorManifests", "ConnectorsCore", arguments, logging,
        ],
        path: "Services/CLI", swiftSettings: strict),
    .target(
        name: "ConnectorManifests", dependencies: ["ConnectorsCore", "JSON", yams], path: "Services/Connectors/Manifests",
        resources: ["changes", "finops", "github", "jira", "slack"].map { .embedInCode("\($0).yaml") }, swiftSettings: strict),
    // Definitions of other languages, and YAML and XML, which the engine's core does not know.
    .target(
        name: "FlowImporting", dependencies: ["FlowEngineCore", "CEL", "JSON", "Trust", yams], path: "Services/FlowEngine/Importing",
        swiftSettings: strict),
    // Stateful stand-ins for the vendors, for development and tests.
    .target(name: "StubVendors", dependencies: ["JSON"], path: "Services/Stubs/Vendors", swiftSettings: strict),
    .executableTarget(
        name: "provable-stubs", dependencies: ["StubVendors", "JSON", hummingbird, logging, nioCore], path: "Services/Stubs/Main",
        swiftSettings: strict),
    .executableTarget(
        name: "provable-load", dependencies: ["JSON", httpClient, arguments, histogram, nioCore, nioHTTP1], path: "loadtests/generator",
        swiftSettings: strict),
    .executableTarget(
        name: "provable-cost", dependencies: ["RPC", "WireProbe", "WireRuntime", "Identity", "Trust", nioCore, nioEmbedded, logging],
        path: "loadtests/cost/Sources", swiftSettings: strict),
    .executableTarget(
        name: "provable-policy-bench",
        dependencies: [
            "PolicyService", "ServiceKit", "TestKit", "Postgres", "Receipts", "RPC", "Wire", "Trust", "JSON", "Identity", logging, nioCore,
        ], path: "loadtests/policy/Service", swiftSettings: strict),
    .executableTarget(
        name: "provable-postgres-bench", dependencies: ["Postgres", "Identity", logging], path: "loadtests/postgres/Sources", swiftSettings: strict),
    .executableTarget(
        name: "provable-flow-bench",
        dependencies: [
            "FlowEngineService", "ServiceKit", "TestKit", "Postgres", "Redis", "Receipts", "RPC", "Wire", "Trust", "JSON", "Identity", logging,
        ], path: "loadtests/flow/Sources", swiftSettings: strict),
]

let testTargets: [Target] = [
    // What `make fuzz` drives and the tests replay.
    .target(
        name: "FuzzTargets",
        dependencies: [
            "RPC", "Wire", "WireRuntime", "WireProbe", "Redis", "Trust", "Identity", "JSON", "CEL", "Cedar", "SessionRules", "Receipts",
            "FlowEngineCore", "FlowImporting",
            "ConnectorsCore", "ConnectorManifests", "GatewayCore", nioCore,
        ], path: "loadtests/fuzz/Targets", swiftSettings: strict),
    tests("Fuzz", ["FuzzTargets"]),
    // Messages with one field of every construct, generated like those of the product.
    .target(name: "CWireProbe", dependencies: ["CProtobufC"], path: "Tests/WireProbe/C"),
    .target(
        name: "WireProbe", dependencies: ["CWireProbe", "CProtobufC", "WireRuntime", "RPC", "Identity"], path: "Tests/WireProbe/Swift",
        swiftSettings: strict),
    tests("CLI", ["provable", "Cedar", "CEL", "JSON", "Trust", "Identity", arguments]),
    tests("Wire", ["WireRuntime", "WireProbe", "Wire", "RPC", "Identity", nioCore]),
    // Every message beside swift-protobuf's form of it, which only this target knows.
    .testTarget(
        name: "WireOracleTests", dependencies: ["WireRuntime", "WireProbe", "Wire", swiftProtobuf], path: "Tests/WireOracle",
        exclude: ["Generated/descriptors.sha256", "Golden"], swiftSettings: strict),
    tests("RPC", ["RPC", "WireRuntime", "WireProbe", "Identity", "JSON", "Trust", "COpenSSL", nioCore, nioPosix, nioEmbedded, logging]),
    tests("Fault", ["FaultTransport", "RPC", "WireProbe", "Identity", "Trust", nioCore, nioConcurrency, logging]),
    // The flow engine's core among workers that die, and whether every history holds.
    .target(
        name: "FlowSimulation", dependencies: ["FlowEngineCore", "JSON", "Identity", "Trust"], path: "Tests/FlowSimulation/Simulation",
        swiftSettings: strict),
    .executableTarget(
        name: "flow-simulation", dependencies: ["FlowSimulation", arguments], path: "Tests/FlowSimulation/Main", swiftSettings: strict),
    tests("FlowSimulation", ["FlowSimulation", "FlowEngineCore", "JSON", "Identity"]),
    tests("JSON", ["JSON"]),
    tests("Identity", ["Identity"]),
    tests("Cedar", ["Cedar", "JSON"]),
    tests("SessionRules", ["SessionRules", "Cedar", "JSON"]),
    tests("CedarFilter", ["Cedar", "TestKit", "Postgres", "JSON", logging]),
    tests(
        "PolicyService",
        [
            "PolicyService", "PolicyCore", "ServiceKit", "TestKit", "Postgres", "Receipts", "RPC", "Wire", "WireRuntime", "Trust", "JSON", "Identity",
            logging, nioCore,
        ]),
    tests("PolicyCore", ["PolicyCore", "SessionRules", "Cedar", "ConnectorManifests", "ConnectorsCore", "JSON", "Identity", "Trust"]),
    tests("Trust", ["Trust"]),
    tests("Receipts", ["Receipts", "Trust", "JSON", "Identity"]),
    tests("LedgerCore", ["LedgerCore", "Receipts", "Trust", "JSON", "Identity"]),
    tests(
        "LedgerService",
        ["LedgerService", "LedgerCore", "ServiceKit", "Postgres", "Receipts", "RPC", "Wire", "Trust", "JSON", "Identity", "TestKit", logging]),
    tests(
        "ServiceKit", ["ServiceKit", "TestKit", "Postgres", "Receipts", "RPC", "Wire", "WireRuntime", "Trust", "JSON", "Identity", logging, nioCore]),
    tests("Redis", ["Redis", "TestKit", "Identity", logging]),
    tests("Postgres", ["Postgres", "TestKit", "Trust", "Identity", logging]),
    tests(
        "ConnectorsService",
        [
            "ConnectorsService", "ConnectorsCore", "ConnectorManifests", "StubVendors", "TestKit", "ServiceKit", "Postgres", "Receipts", "RPC",
            "Wire", "WireRuntime", "Trust", "JSON", "Identity", logging, nioCore, nioPosix,
        ]),
    tests("ConnectorsCore", ["ConnectorsCore", "ConnectorManifests", "StubVendors", "JSON", "Identity", "Trust"]),
    tests("StubVendors", ["StubVendors", "JSON"]),
    tests("Architecture", []),
    tests(
        "Isolation",
        [
            "LedgerService", "PolicyService", "FlowEngineService", "ConnectorsService", "FinOpsService", "CopilotService", "GatewayService",
            "ServiceKit", "TestKit", "Postgres", "Identity", logging,
        ]),
    tests("CEL", ["CEL", "JSON"]),
    tests("FlowImporting", ["FlowImporting", "FlowEngineCore", "CEL", "JSON", "Identity", "Trust"]),
    tests("FlowEngineCore", ["FlowEngineCore", "JSON", "Identity", "Trust"]),
    tests(
        "FlowEngineService",
        [
            "FlowEngineService", "FlowEngineCore", "ServiceKit", "TestKit", "Postgres", "Redis", "Receipts", "RPC", "Wire", "WireRuntime", "Trust",
            "JSON", "Identity", logging, nioCore,
        ]),
    tests(
        "FinOpsService",
        [
            "FinOpsService", "ServiceKit", "TestKit", "Postgres", "Receipts", "RPC", "Wire", "WireRuntime", "Trust", "JSON", "Identity", logging,
            nioCore,
        ]),
    tests("GatewayCore", ["GatewayCore", "JSON", "Trust", "Identity"]),
    tests(
        "GatewayService",
        [
            "GatewayService", "GatewayCore", "ServiceKit", "TestKit", "Postgres", "RPC", "Wire", "WireRuntime", "Trust", "JSON", "Identity", logging,
            lifecycle, hummingbird, nioCore,
        ]),
    tests("FinOpsCore", ["FinOpsCore"]),
    tests("CopilotCore", ["CopilotCore", "Identity"]),
]

let package = Package(
    name: "provable",
    products: [
        // For the benches that stand beside peers, each in a package of its own under loadtests/peers.
        .library(name: "ProvableMesh", targets: ["RPC", "Wire", "WireRuntime", "WireProbe", "Trust", "Identity", "JSON"]),
        // And for the fuzzers.
        .library(name: "ProvableParsers", targets: ["Redis", "CEL", "Cedar", "FlowEngineCore"]),
        .library(name: "ProvableFuzzTargets", targets: ["FuzzTargets"]),
        .library(name: "ProvableExpressions", targets: ["CEL", "JSON"]),
        .library(name: "ProvablePolicy", targets: ["Cedar", "SessionRules", "JSON"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: sharedTargets + serviceTargets + toolTargets + testTargets
)
