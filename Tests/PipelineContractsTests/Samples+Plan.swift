import ContentAddressing
import JSONText
import PipelineContracts

extension Sample {
    private static let helpers = HelpersRecord(
        asked: "bwrap",
        launchers: [
            LauncherFacts(
                name: "bwrap",
                path: "/usr/bin/bwrap",
                version: "0.8.0",
                features: ["--args"],
                digest: .ofText("bwrap"),
                fingerprint: "1:2:755:0:3:4:5"
            )
        ],
        chosen: "bwrap",
        reason: "asked for",
        platform: "ptrace"
    )

    static let resolve: [Sample] = [
        Sample(.helpers, "full", helpers.json),
        Sample(
            .helpers,
            "minimal",
            HelpersRecord(asked: "auto", launchers: [], chosen: "direct", reason: "no launcher").json
        ),
        Sample(
            .host,
            "full",
            HostFacts(
                kernel: "6.1.0",
                machine: "x86_64",
                user: 1000,
                group: 1000,
                supplementaryGroups: [27, 4_294_967_294],
                capabilities: "000001ffffffffff",
                userNamespaces: true,
                cgroups: "unified",
                controllers: ["cpu", "memory", "pids"],
                subordinateIDs: .init(users: 65_536, groups: 1000)
            ).json
        ),
        Sample(
            .host,
            "minimal",
            HostFacts(
                kernel: "24.0",
                machine: "arm64",
                user: 0,
                group: 0,
                supplementaryGroups: [],
                capabilities: "",
                userNamespaces: false,
                cgroups: "none"
            ).json
        ),
        Sample(
            .inputs,
            "full",
            InputFacts(
                sources: [
                    SourceFact(field: "mounts[0]", declared: "~/x", path: "/home/dev/x", kind: "absent"),
                    SourceFact(field: "mounts[1]", declared: "s", path: "/s", kind: "folder", digest: .ofText("tree")),
                    SourceFact(field: "broker.socket", declared: "/s", path: "/s", kind: "socket"),
                ],
                variables: ["PATH": "/bin", "EMPTY": ""],
                callerName: "dev",
                secretVariables: ["GITHUB_TOKEN"],
                root: RootFact(
                    layers: [
                        Descriptor(mediaType: "application/vnd.oci.image.layer.v1.tar", digest: .ofText("l"), size: 1)
                    ],
                    contents: [.ofText("l")],
                    manifest: .ofText("manifest"),
                    config: .ofText("config"),
                    command: ["sh"],
                    workdir: "/w",
                    user: "1000:1000",
                    environment: ["PATH=/bin"]
                )
            ).json
        ),
        Sample(
            .inputs,
            "root without an image",
            InputFacts(
                sources: [],
                variables: [:],
                callerName: "1000",
                root: RootFact(
                    layers: [
                        Descriptor(mediaType: "application/vnd.oci.image.layer.v1.tar", digest: .ofText("l"), size: 1)
                    ],
                    contents: [.ofText("l")]
                )
            ).json
        ),
        Sample(.inputs, "minimal", InputFacts(sources: [], variables: [:], callerName: "1000").json),
    ]

    static let env: [Sample] = [
        environment(
            "full",
            RenderedEnvironment.Origin.allCases.map { origin in
                .init(name: origin.rawValue, value: origin == .secret ? nil : "", origin: origin)
            }
        ),
        environment("minimal", []),
    ]

    private static func environment(_ label: String, _ variables: [RenderedEnvironment.Variable]) -> Sample {
        let value = RenderedEnvironment(variables: variables)
        return Sample(.environment, label, value, value.json) { try RenderedEnvironment($0) }
    }

    static let archive: [Sample] = [
        plan("full", layers: [Descriptor(mediaType: "layer", digest: .ofText("layer"), size: .max)]),
        plan("minimal", layers: []),
    ]

    private static func plan(_ label: String, layers: [Descriptor]) -> Sample {
        let value = PlanManifest(
            portable: .ofText("portable"),
            binding: .ofText("binding"),
            enforcement: .ofText("enforcement"),
            runtime: "bwrap",
            archive: Descriptor(.archive, text: "tar"),
            layers: layers
        )
        return Sample(.plan, label, value, value.json) { try PlanManifest($0) }
    }

    static let reports: [Sample] = [
        receipt("full", ["result.json": Descriptor(.launch, text: "launch")]),
        receipt("minimal", [:]),
        bundle("full", run: .ofText("run"), annotations: ["a.b": "c"]),
        bundle("minimal", run: nil, annotations: [:]),
        planReport("full", cached: true, seconds: 0.00025),
        planReport("minimal", cached: false, seconds: 0),
    ]

    private static func receipt(_ label: String, _ files: [String: Descriptor]) -> Sample {
        let value = Receipt(stage: .launch, files: files)
        return Sample(.receipt, label, value, value.json) { try Receipt($0) }
    }

    private static func bundle(_ label: String, run: Digest?, annotations: [String: String]) -> Sample {
        let stages = StageName.allCases.filter { $0 != .resolve && (run != nil || $0.number < 5) }
        let value = BundleRecord(
            name: "shop",
            plan: .ofText("plan"),
            run: run,
            annotations: annotations,
            receipts: stages.map { Receipt(stage: $0, files: ["a.json": Descriptor(.launch, text: "a")]) }
        )
        return Sample(.bundle, label, value, value.json) { try BundleRecord($0) }
    }

    private static func planReport(_ label: String, cached: Bool, seconds: Double) -> Sample {
        let stages = StageName.allCases.prefix(4).map { name in
            StageReport(
                name: name,
                receipt: Descriptor(.receipt, text: name.rawValue),
                cached: cached,
                seconds: seconds
            )
        }
        let report = PlanReport(
            plan: .ofText("plan"),
            portable: .ofText("portable"),
            binding: .ofText("binding"),
            name: "shop",
            runtime: "bwrap",
            stages: stages
        )
        return Sample(.planReport, label, report.json)
    }
}
