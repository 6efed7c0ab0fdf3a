// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "agent-loop",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "sbxpipe", path: "../..")],
    targets: [
        .executableTarget(
            name: "agent-loop",
            dependencies: [.product(name: "SandboxPipeline", package: "sbxpipe")]
        )
    ]
)
