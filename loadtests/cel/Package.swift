// swift-tools-version:6.2
import PackageDescription

// The expression language in process, measured from cel_bench.py beside celpy. A package of its own, so that a release build of it is
// a build of the language alone.

let package = Package(
    name: "cel-bench",
    dependencies: [.package(name: "provable", path: "../..")],
    targets: [
        .executableTarget(
            name: "cel-bench",
            dependencies: [.product(name: "ProvableExpressions", package: "provable")],
            path: "Sources/CELBench",
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ]
)
