// swift-tools-version:6.2
import PackageDescription

// The policy engine in process, measured from policy_bench.py beside cedarpy. A package of its own, so that a release build of it is
// a build of the engine alone.

let package = Package(
    name: "policy-bench",
    dependencies: [.package(name: "provable", path: "../..")],
    targets: [
        .executableTarget(
            name: "policy-bench",
            dependencies: [.product(name: "ProvablePolicy", package: "provable")],
            path: "Sources/PolicyBench",
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ]
)
