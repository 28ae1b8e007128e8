// swift-tools-version:6.2
import PackageDescription

// The mesh's TLS handler beside swift-nio-ssl's. A package of its own: the product does not depend on a second TLS library.

let package = Package(
    name: "tls-bench",
    dependencies: [
        .package(name: "provable", path: "../../.."),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .executableTarget(
            name: "tls-bench",
            dependencies: [
                .product(name: "ProvableMesh", package: "provable"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            path: "Sources/Bench",
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ]
)
