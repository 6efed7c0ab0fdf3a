import ContentAddressing
import JSONText
import PipelineContracts

extension Sample {
    private static let time = "2025-11-22T01:02:03.004Z"

    private static let fullLaunch: LaunchRecord = {
        var record = LaunchRecord(started: time, finished: time)
        record.exitCode = 137
        record.signal = 9
        record.signalLikely = 9
        record.survivors = .processes([2, .max])
        record.reason = .signaled
        record.failure = .init(domain: .limit, message: "out of memory", hint: "raise resources.memory")
        record.runtime = .launcher(
            name: "bwrap",
            version: "0.8.0",
            path: "/usr/bin/bwrap",
            digest: .ofText("bwrap"),
            platform: nil
        )
        record.argv = ["/usr/bin/bwrap", ""]
        record.wall = 1.5
        record.user = 0.25
        record.system = 1e-06
        record.maxRSS = .max
        record.plan = .ofText("plan")
        record.slots = ["launcher": ["/usr/bin/bwrap"], "store-cover": ["/a", "/b"]]
        record.secretSlots = ["secrets.TOKEN"]
        record.enforcement = controls
        return record
    }()

    static let launch: [Sample] =
        [
            Sample(.launch, "full", fullLaunch.json), direct("direct", path: "/usr/bin/dash"),
            direct("direct, not found", path: nil),
            Sample(.launch, "minimal", LaunchRecord(started: time, finished: time).json),
        ]
        + LaunchRecord.Reason.allCases.map { reason in
            var record = LaunchRecord(started: time, finished: time)
            record.reason = reason
            record.survivors = .unknown
            record.failure = .init(domain: .command, message: "ended")
            return Sample(.launch, reason.rawValue, record.json)
        }

    private static func direct(_ label: String, path: String?) -> Sample {
        var record = LaunchRecord(started: time, finished: time)
        record.runtime = .direct(kernel: "6.1.0", path: path)
        record.argv = ["sh"]
        return Sample(.launch, label, record.json)
    }

    private static let outputs: [OutputRecord] = [
        OutputRecord(
            path: "/out/**",
            required: true,
            files: [
                .init(path: "/out/a", kind: "file", mode: 0o644, size: 2, digest: .ofText("a"), target: nil),
                .init(path: "/out/d", kind: "folder", mode: 0o777, size: 0, digest: nil, target: nil),
                .init(path: "/out/l", kind: "symlink", mode: 0o777, size: 0, digest: nil, target: "a"),
                .init(path: "/out/s", kind: "socket", mode: 0, size: 0, digest: nil, target: nil),
            ]
        ),
        OutputRecord(
            path: "/closed",
            required: false,
            files: ["file", "folder"].map { kind in
                .init(
                    path: "/closed/\(kind)",
                    kind: kind,
                    mode: 0,
                    size: 0,
                    digest: nil,
                    target: nil,
                    unread: "permission denied"
                )
            }
        ),
        OutputRecord(path: "/none", required: false, files: []),
    ]

    private static let stream = CapturesRecord.Stream(
        digest: .ofText("whole"),
        bytes: 100,
        kept: [
            .init(offset: 0, bytes: 10, digest: .ofText("head")), .init(offset: 90, bytes: 10, digest: .ofText("tail")),
        ],
        file: Descriptor(.stream, text: "head and tail")
    )

    static let collect: [Sample] = [
        Sample(
            .captures,
            "full",
            CapturesRecord(
                streams: ["stdout": stream, "stderr": stream, "combined": stream],
                frames: Descriptor(.frames, text: "frames"),
                outputs: outputs,
                secrets: [
                    SecretFinding(name: "PIN", found: nil), SecretFinding(name: "TOKEN", found: ["stdout", "/out/a"]),
                ]
            ).json
        ),
        Sample(.captures, "minimal", CapturesRecord(streams: [:], frames: nil, outputs: []).json),
        outputList("full", outputs),
        outputList("minimal", []),
        frame("full", 1e-06),
        frame("minimal", 0),
        run("full", parent: .ofText("parent"), cached: true),
        run("minimal", parent: nil, cached: false),
    ]

    private static func outputList(_ label: String, _ outputs: [OutputRecord]) -> Sample {
        Sample(
            .outputList,
            label,
            ["schema": "sbxpipe.outputs/v1", "outputs": .array(outputs.map(\.json))]
        )
    }

    private static func frame(_ label: String, _ seconds: Double) -> Sample {
        Sample(.frames, label, ["length": 1, "offset": 0, "seconds": .number(seconds), "stream": "stdout"])
    }

    private static func run(_ label: String, parent: Digest?, cached: Bool) -> Sample {
        let value = RunRecord(
            id: "00112233445566778899aabbccddeeff",
            plan: .ofText("plan"),
            launch: Descriptor(.launch, text: "launch"),
            captures: Descriptor(.captures, text: "captures"),
            name: "shop",
            parent: parent,
            created: time,
            cached: cached
        )
        return Sample(.run, label, value, value.json) { try RunRecord($0) }
    }
}
