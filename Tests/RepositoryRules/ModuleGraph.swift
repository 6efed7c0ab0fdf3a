/// DESIGN.md's modules and the edges that are allowed between them; a new edge is a decision, made here.
enum ModuleGraph {
    static let stages = ["ResolveStage", "EnvStage", "MaterializeStage", "ArchiveStage", "LaunchStage", "CollectStage"]

    private static let everyStage = [
        "ArtifactStore", "ContentAddressing", "HostFiles", "JSONText", "PipelineContracts", "PipelineCore",
        "SandboxSpec",
    ]

    /// By module: the own modules that it may import.
    static let edges: [String: Set<String>] = [
        "CJSONC": [],
        "CArchive": [],
        "CHostShims": [],
        "CSeccomp": [],
        "JSONText": ["CJSONC"],
        "HostFiles": ["CHostShims"],
        "SeccompFilter": ["CSeccomp", "HostFiles", "JSONText"],
        "ContentAddressing": ["JSONText"],
        "TarArchive": ["CArchive", "HostFiles"],
        "HostProcess": ["CHostShims", "HostFiles"],
        "ArtifactStore": ["ContentAddressing", "HostFiles", "JSONText"],
        "SandboxSpec": ["JSONText"],
        "PipelineContracts": ["ContentAddressing", "JSONText"],
        "Secrets": ["HostFiles", "PipelineContracts"],
        "Runtimes": [
            "ContentAddressing", "HostFiles", "HostProcess", "JSONText", "PipelineContracts", "SandboxSpec",
        ],
        "PipelineCore": ["ArtifactStore", "ContentAddressing", "HostFiles", "JSONText", "PipelineContracts"],
        "RootFilesystems": [
            "ArtifactStore", "ContentAddressing", "HostFiles", "HostProcess", "JSONText", "TarArchive",
        ],
        "Bundles": [
            "ArtifactStore", "ContentAddressing", "HostFiles", "JSONText", "PipelineContracts", "TarArchive",
        ],
        "ResolveStage": Set(everyStage + ["HostProcess", "RootFilesystems", "Runtimes", "Secrets", "SeccompFilter"]),
        "EnvStage": Set(everyStage),
        "MaterializeStage": Set(everyStage + ["Runtimes", "SeccompFilter"]),
        "ArchiveStage": Set(everyStage + ["RootFilesystems", "TarArchive"]),
        "LaunchStage": Set(everyStage + ["HostProcess", "Runtimes", "Secrets", "SeccompFilter", "TarArchive"]),
        "CollectStage": Set(everyStage + ["Runtimes", "Secrets", "TarArchive"]),
        "SandboxPipeline": Set(
            everyStage + stages
                + ["Bundles", "HostProcess", "RootFilesystems", "Runtimes", "Secrets", "TarArchive"]
        ),
        "SbxpipeCommands": [
            "SandboxPipeline", "ArtifactStore", "SandboxSpec", "PipelineContracts", "PipelineCore", "ContentAddressing",
            "HostFiles", "HostProcess", "JSONText", "Runtimes", "TarArchive",
        ],
        "sbxpipe": ["SbxpipeCommands"],
    ]

    /// By product of another package: the modules that may import it.
    static let outside: [String: Set<String>] = [
        "ArgumentParser": ["SbxpipeCommands"],
        "Crypto": ["ContentAddressing"],
        "Logging": ["SandboxPipeline"],
        "Synchronization": ["ArtifactStore", "HostProcess", "LaunchStage", "RootFilesystems", "SandboxPipeline"],
    ]

    /// Targets outside of Sources that are no tests, and all that they may depend on: an example has no more than a user.
    static let besides: [String: Set<String>] = ["agent-loop": ["SandboxPipeline"]]

    /// libc under its names, and the modules that may import it.
    static let systemLibraries: Set<String> = ["Glibc", "Musl", "Darwin"]
    static let systemImporters: Set<String> = ["HostFiles", "HostProcess"]

    /// A module before all that it imports; nil when there is a ring.
    static func order() -> [String]? {
        var order: [String] = []
        var left = edges
        while !left.isEmpty {
            let free = left.filter { $0.value.isSubset(of: order) }.keys.sorted()
            if free.isEmpty { return nil }
            order += free
            for module in free { left[module] = nil }
        }
        return order.reversed()
    }
}
