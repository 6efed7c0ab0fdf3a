// swift-tools-version: 6.2
import PackageDescription

/// One array for every Swift target: what is strict here is strict everywhere.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// For the modules that wrap C: unsafe code must be marked, so that it can be found by name.
let wrapping: [SwiftSetting] = strict + [.strictMemorySafety()]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// Every stage may use these; none may use another stage.
let stageDependencies: [Target.Dependency] = [
    "ArtifactStore", "ContentAddressing", "HostFiles", "JSONText", "PipelineContracts", "PipelineCore", "SandboxSpec",
]

let package = Package(
    name: "sbxpipe",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "sbxpipe", targets: ["sbxpipe"]),
        .library(name: "SandboxPipeline", targets: ["SandboxPipeline", "ContentAddressing"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // System libraries, and the C that Swift can't import.
        .systemLibrary(
            name: "CJSONC",
            pkgConfig: "json-c",
            providers: [.apt(["libjson-c-dev"]), .brew(["json-c"])]
        ),
        .systemLibrary(
            name: "CArchive",
            pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev", "libzstd-dev", "zlib1g-dev"]), .brew(["libarchive"])]
        ),
        .systemLibrary(
            name: "CSeccomp",
            pkgConfig: "libseccomp",
            providers: [.apt(["libseccomp-dev"])]
        ),
        .target(name: "CHostShims"),

        // Leaves: each wraps one thing of the world outside.
        .target(name: "JSONText", dependencies: ["CJSONC"], swiftSettings: wrapping),
        .target(name: "HostFiles", dependencies: ["CHostShims"], swiftSettings: wrapping),
        .target(name: "ContentAddressing", dependencies: ["JSONText", crypto], swiftSettings: strict),
        .target(name: "TarArchive", dependencies: ["CArchive", "HostFiles"], swiftSettings: wrapping),
        .target(name: "HostProcess", dependencies: ["CHostShims", "HostFiles"], swiftSettings: wrapping),
        .target(
            name: "ArtifactStore",
            dependencies: ["ContentAddressing", "HostFiles", "JSONText", crypto],
            swiftSettings: strict
        ),

        .target(
            name: "SeccompFilter",
            dependencies: [
                .target(name: "CSeccomp", condition: .when(platforms: [.linux])), "HostFiles", "JSONText",
            ],
            swiftSettings: wrapping
        ),

        // What is said: the spec, and one type an artefact.
        .target(name: "SandboxSpec", dependencies: ["JSONText"], swiftSettings: strict),
        .target(name: "PipelineContracts", dependencies: ["ContentAddressing", "JSONText"], swiftSettings: strict),

        // What launch reads and nothing keeps.
        .target(name: "Secrets", dependencies: ["HostFiles", "PipelineContracts"], swiftSettings: strict),

        // How it runs.
        .target(
            name: "Runtimes",
            dependencies: [
                "ContentAddressing", "HostFiles", "HostProcess", "JSONText", "PipelineContracts", "SandboxSpec",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "PipelineCore",
            dependencies: ["ArtifactStore", "ContentAddressing", "HostFiles", "JSONText", "PipelineContracts"],
            swiftSettings: strict
        ),
        .target(
            name: "RootFilesystems",
            dependencies: ["ArtifactStore", "ContentAddressing", "HostFiles", "HostProcess", "JSONText", "TarArchive"],
            swiftSettings: strict
        ),
        .target(
            name: "Bundles",
            dependencies: [
                "ArtifactStore", "ContentAddressing", "HostFiles", "JSONText", "PipelineContracts", "TarArchive",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ResolveStage",
            dependencies: stageDependencies + [
                "HostProcess", "RootFilesystems", "Runtimes", "Secrets", "SeccompFilter",
            ],
            path: "Sources/Stages/1-Resolve",
            swiftSettings: strict
        ),
        .target(
            name: "EnvStage",
            dependencies: stageDependencies,
            path: "Sources/Stages/2-Env",
            swiftSettings: strict
        ),
        .target(
            name: "MaterializeStage",
            dependencies: stageDependencies + ["Runtimes", "SeccompFilter"],
            path: "Sources/Stages/3-Materialize",
            swiftSettings: strict
        ),
        .target(
            name: "ArchiveStage",
            dependencies: stageDependencies + ["RootFilesystems", "TarArchive"],
            path: "Sources/Stages/4-Archive",
            swiftSettings: strict
        ),
        .target(
            name: "LaunchStage",
            dependencies: stageDependencies + ["HostProcess", "Runtimes", "Secrets", "SeccompFilter", "TarArchive"],
            path: "Sources/Stages/5-Launch",
            swiftSettings: strict
        ),
        .target(
            name: "CollectStage",
            dependencies: stageDependencies + ["Runtimes", "Secrets", "TarArchive"],
            path: "Sources/Stages/6-Collect",
            swiftSettings: strict
        ),
        .target(
            name: "SandboxPipeline",
            dependencies: stageDependencies + [
                "ResolveStage", "EnvStage", "MaterializeStage", "ArchiveStage", "LaunchStage", "CollectStage",
                "Bundles", "HostProcess", "RootFilesystems", "Runtimes", "Secrets", "TarArchive", logging,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SbxpipeCommands",
            dependencies: [
                "SandboxPipeline", "ArtifactStore", "SandboxSpec", "PipelineContracts", "PipelineCore",
                "ContentAddressing",
                "HostFiles", "HostProcess", "JSONText", "Runtimes", "TarArchive", argumentParser,
            ],
            swiftSettings: strict
        ),
        .executableTarget(name: "sbxpipe", dependencies: ["SbxpipeCommands"], swiftSettings: strict),

        // A user of the library, who sees what is public alone; a package of its own where it lies.
        .executableTarget(
            name: "agent-loop",
            dependencies: ["SandboxPipeline"],
            path: "examples/agent-loop/Sources/agent-loop",
            packageAccess: false,
            swiftSettings: strict
        ),

        // Tests: one folder a module, one for the tool as users have it, one for the rules of this repository.
        .target(
            name: "TestSupport",
            dependencies: ["HostFiles", "HostProcess", "JSONText"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(name: "JSONTextTests", dependencies: ["JSONText"], swiftSettings: strict),
        .testTarget(name: "TarArchiveTests", dependencies: ["TarArchive"], swiftSettings: strict),
        .testTarget(
            name: "HostProcessTests",
            dependencies: ["HostProcess", "HostFiles", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SeccompFilterTests",
            dependencies: [
                "SeccompFilter", .target(name: "CSeccomp", condition: .when(platforms: [.linux])), "HostFiles",
                "JSONText", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "SandboxSpecTests", dependencies: ["SandboxSpec", "JSONText"], swiftSettings: strict),
        .testTarget(
            name: "PipelineContractsTests",
            dependencies: ["PipelineContracts", "ContentAddressing", "HostFiles", "JSONText", "SandboxSpec"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SecretsTests",
            dependencies: ["Secrets", "HostFiles", "PipelineContracts", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(name: "HostFilesTests", dependencies: ["HostFiles", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ArtifactStoreTests",
            dependencies: ["ArtifactStore", "ContentAddressing", "HostFiles", "JSONText", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RootFilesystemsTests",
            dependencies: [
                "RootFilesystems", "ArtifactStore", "ContentAddressing", "HostFiles", "JSONText", "TarArchive",
                "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "BundlesTests",
            dependencies: [
                "Bundles", "ArtifactStore", "ContentAddressing", "HostFiles", "JSONText", "PipelineContracts",
                "TarArchive",
                "TestSupport",
            ],
            exclude: ["Corpus"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RuntimesTests",
            dependencies: [
                "Runtimes", "PipelineContracts", "SandboxSpec", "ContentAddressing", "HostFiles", "JSONText",
                "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "StageTests",
            dependencies: stageDependencies + [
                "ResolveStage", "EnvStage", "MaterializeStage", "ArchiveStage", "LaunchStage", "CollectStage",
                "HostProcess", "Runtimes", "Secrets", "SeccompFilter", "TarArchive", "TestSupport",
            ],
            exclude: ["Golden"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SandboxPipelineTests",
            dependencies: [
                "SandboxPipeline", "ContentAddressing", "HostFiles", "HostProcess", "JSONText", "TestSupport", logging,
                .product(name: "InMemoryLogging", package: "swift-log"), "agent-loop",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SbxpipeTests",
            dependencies: ["sbxpipe", "HostFiles", "HostProcess", "JSONText", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RepositoryRules",
            dependencies: ["HostFiles", "HostProcess", "JSONText", "TestSupport"],
            swiftSettings: strict
        ),
    ]
)
