import HostFiles
import HostProcess
import JSONText
import SandboxPipeline
import TestSupport
import Testing

@Suite struct ZZStress {
    @Test func early() async throws {
        let program = try Program()
        let plan = try program.plan("sleep 60")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    for _ in 0..<40 {
                        let early = try program.pipeline.spawn(plan)
                        early.send(signal: SignalNumber.terminate)
                        let run = try await early.wait()
                        if run.exitCode != 143 {
                            let f = try OwnedDescriptor.open("/tmp/mine/stress.txt", [.write, .create])
                            try FileContent.write(
                                Array(
                                    "\(run) \(try program.json(at: run.id, "launch/result.json").canonical())\n".utf8
                                ),
                                to: f.number
                            )
                            Issue.record("\(run) \(try program.json(at: run.id, "launch/result.json"))")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
