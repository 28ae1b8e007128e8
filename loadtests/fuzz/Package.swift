// swift-tools-version:6.2
import PackageDescription

// libFuzzer's loop around the targets of the product's package. A package of its own, since everything in it is built with
// AddressSanitizer and coverage: see run.sh, which knows the flags.

let package = Package(
    name: "provable-fuzz",
    dependencies: [.package(name: "provable", path: "../..")],
    targets: [
        // Counts what the heap hands out.
        .target(name: "FuzzMeter", path: "Meter"),
        .executableTarget(
            name: "provable-fuzz",
            dependencies: ["FuzzMeter", .product(name: "ProvableFuzzTargets", package: "provable")],
            path: "Runner",
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]),
    ]
)
