// swift-tools-version:6.2
import PackageDescription

// Messages through protobuf-c into Swift values beside swift-protobuf. A package of its own: the product does not depend on the peer.

let package = Package(
    name: "wire-bench",
    dependencies: [
        .package(name: "provable", path: "../../.."),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    ],
    targets: [
        .executableTarget(
            name: "wire-bench",
            dependencies: [
                .product(name: "ProvableMesh", package: "provable"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            path: "Sources/Bench",
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ]
)
