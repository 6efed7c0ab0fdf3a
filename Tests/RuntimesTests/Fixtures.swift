import ContentAddressing
import HostFiles
import PipelineContracts
import Runtimes
import SandboxSpec
import TestSupport
import Testing

extension Tag {
    /// Memory alone.
    @Tag static var small: Self
    /// Files and processes.
    @Tag static var medium: Self
}

extension MountOperation {
    static func bind(
        _ source: String,
        at: String,
        writable: Bool = false,
        origin: Origin = .root
    ) -> MountOperation {
        MountOperation(.bind(source: source, writable: writable, devices: false), at: at, origin: origin, field: "test")
    }

    static func tmpfs(_ at: String, origin: Origin = .root) -> MountOperation {
        MountOperation(.tmpfs(size: nil, permissions: "0755"), at: at, origin: origin, field: "test")
    }

    static func make(_ action: Action, at: String) -> MountOperation {
        MountOperation(action, at: at, origin: .root, field: "test")
    }
}

extension SandboxTree {
    /// All operations by their path inside.
    var byPath: [String: MountOperation] {
        Dictionary(operations.map { ($0.at, $0) }, uniquingKeysWith: { first, _ in first })
    }

    init(_ operations: [MountOperation]) {
        self.init()
        for operation in operations { set(operation) }
    }
}

extension TemporaryFolder {
    @discardableResult
    func shell(_ line: String) throws -> String {
        let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        let run = try Program.run(["/bin/sh", "-c", line], in: path, environment: environment)
        try #require(run.code == 0, "\(run)")
        return run.text
    }
}

/// This host as a launch of nobody's sees it.
func hostView(covered: [String] = [], specFile: String? = nil) -> HostView {
    HostView(
        identity: HostIdentity.current(),
        accounts: Accounts.ofHost(),
        environment: [:],
        home: nil,
        covered: covered,
        specFile: specFile
    )
}

/// A binding as preset baseline makes it.
func baselineBinding(_ mounts: [MountDescription] = [], coversStore: Bool = true) -> BubblewrapBinding {
    let tmpfs = ["/run", "/var/run", "/tmp", "/var/tmp", "/dev/shm", "@caller-runtime"].map {
        MountDescription(.tmpfs, at: $0, field: "preset", permissions: $0 == "/run" ? "0755" : "1777")
    }
    let hides = ["/etc/shadow", "@ssh-host-keys", "@other-homes", "@root-home"].map {
        MountDescription(.hide, at: $0, field: "preset")
    }
    return BubblewrapBinding(
        version: "0.8.0",
        before: ["--unshare-pid"],
        mounts: MountBinding(
            root: .hostReadOnly,
            rootOnly: nil,
            devices: .minimal,
            ownProc: true,
            mounts: tmpfs + hides + mounts,
            maskedPaths: Preset.maskedPaths,
            readonlyPaths: Preset.readonlyPaths,
            accounts: nil,
            coversStore: coversStore,
            sharesNetwork: false
        ),
        seccomp: Digest.of([]),
        refusesUserNamespaces: true,
        stdinFile: nil,
        ownPIDs: true,
        after: ["--chdir", "/"]
    )
}

/// Mounts of a spec, numbered as their fields are.
func declared(_ mounts: [(kind: MountDescription.Kind, at: String, source: String?, writable: Bool)])
    -> [MountDescription]
{
    mounts.enumerated().map { index, mount in
        MountDescription(
            mount.kind,
            at: mount.at,
            field: "mounts[\(index)]",
            source: mount.source,
            writable: mount.writable
        )
    }
}

extension HostFacts {
    /// A host of root's, or of an ordinary user's.
    static func fixture(isRoot: Bool) -> HostFacts {
        HostFacts(
            kernel: "6.1.0",
            machine: "x86_64",
            user: isRoot ? 0 : 1000,
            group: 0,
            supplementaryGroups: [],
            capabilities: "",
            userNamespaces: true,
            cgroups: "none"
        )
    }
}
