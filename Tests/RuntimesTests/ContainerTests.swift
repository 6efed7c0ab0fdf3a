import ContentAddressing
import JSONText
import PipelineContracts
import SandboxSpec
import Testing

@testable import Runtimes

@Suite("Runtimes of the Open Container Initiative")
struct ContainerTests {
    @Test(
        "a document is written to a version that the runtime says it takes",
        arguments: [
            ([], "1.0.2"), (["ociVersionMax:1.0.2-dev", "ociVersionMin:1.0.0"], "1.0.2-dev"),
            (["ociVersionMax:1.2.0"], "1.0.2"), (["ociVersionMax:1.1.0-rc.1"], "1.0.2"),
            (["ociVersionMax:1.0.1"], "1.0.1"),
        ] as [([String], String)]
    )
    func version(features: [String], version: String) {
        #expect(ContainerRuntime.specificationVersion(features: features) == version)
    }

    @Test("a runtime that can't bound what is mounted below a bind is told so, by what it lists or its version")
    func recursion() {
        let listed = ["mount:rnodev", "mount:rnosuid", "mount:rro"]
        #expect(ContainerRuntime.runc.lackOfRecursion(version: "1.1.5", features: listed) == nil)
        #expect(ContainerRuntime.runc.lackOfRecursion(version: "1.0.3", features: []) != nil)
        #expect(ContainerRuntime.crun.lackOfRecursion(version: "1.8.1", features: []) == nil)
        #expect(ContainerRuntime.crun.lackOfRecursion(version: "1.10", features: []) == nil)
        #expect(ContainerRuntime.crun.lackOfRecursion(version: "1.4.5", features: []) != nil)
        #expect(ContainerRuntime.runsc.lackOfRecursion(version: "2022", features: []) == nil)
    }

    @Test("what a runtime can't be run without is refused for good, and gVisor is never given the host's network")
    func refusals() throws {
        func facts(_ name: String, _ features: [String] = []) -> ContainerFacts {
            ContainerFacts(
                launcher: LauncherFacts(
                    name: name,
                    path: "/usr/bin/" + name,
                    version: "1.8",
                    features: features,
                    digest: .of([]),
                    fingerprint: "1"
                ),
                reaper: nil,
                platform: name == "runsc" ? "ptrace" : nil
            )
        }
        let spec = try SpecText.load(Array("{\"command\": [\"true\"]}".utf8), file: "sandbox.json")
        let effective = EffectiveSpec(spec)
        let old = ContainerEnforcement(effective, facts("runc"), host: .fixture(isRoot: true), waived: []).answers
        #expect(old.refusals.map(\.control) == [.root] && old.refusals.allSatisfy { !$0.waivable })
        let gVisor = ContainerEnforcement(effective, facts("runsc"), host: .fixture(isRoot: true), waived: []).answers
        #expect(gVisor.refusals.isEmpty)
        let bare = ContainerEnforcement(effective, facts("crun"), host: .fixture(isRoot: true), waived: []).answers
        #expect(bare.refusals.map(\.control) == [.seccomp])
        let whole = ContainerEnforcement(
            effective,
            facts("crun", ["+SECCOMP"]),
            host: .fixture(isRoot: true),
            waived: []
        )
        #expect(whole.answers.refusals.isEmpty)
        let network = try #require(gVisor.enforcement.controls.first { $0.name == "network" })
        #expect(network.answer == .enforced && network.asked == "none")
    }

    @Test("a map of subordinate ids is refused for good where there are too few, and by gVisor always")
    func subordinateIDs() throws {
        let text = "{\"command\": [\"true\"], \"user\": {\"uid\": 9, \"map\": \"subids\"}}"
        let effective = EffectiveSpec(try SpecText.load(Array(text.utf8), file: "sandbox.json"))
        func refusals(_ name: String, _ counts: HostFacts.SubordinateCounts?) -> [Refusal] {
            let features = ["mount:rnodev", "mount:rnosuid", "mount:rro"]
            let launcher = LauncherFacts(
                name: name,
                path: "/usr/bin/" + name,
                version: "1.8",
                features: features,
                digest: .of([]),
                fingerprint: "1"
            )
            let facts = ContainerFacts(launcher: launcher, reaper: nil, platform: name == "runsc" ? "ptrace" : nil)
            let host = HostFacts(
                kernel: "6.1.0",
                machine: "x86_64",
                user: 1000,
                group: 1000,
                supplementaryGroups: [],
                capabilities: "",
                userNamespaces: true,
                cgroups: "none",
                subordinateIDs: counts
            )
            return ContainerEnforcement(effective, facts, host: host, waived: []).answers.refusals
        }
        #expect(refusals("runc", .init(users: 9, groups: 1)).isEmpty)
        for counts in [nil, .init(users: 8, groups: 9), .init(users: 9, groups: 0)] as [HostFacts.SubordinateCounts?] {
            let found = refusals("runc", counts)
            #expect(found.map(\.field) == ["user.map"] && found.allSatisfy { !$0.waivable && $0.hint != nil })
        }
        let gVisor = refusals("runsc", .init(users: 9, groups: 9))
        #expect(gVisor.map(\.control) == [.user] && gVisor.first?.message.contains("maps no ids") == true)
    }
}
