import ArtifactStore
import HostFiles
import JSONText
import SandboxSpec

/// Turns a policy into mounts and fields of a spec.
struct PolicyLowering {
    /// A path of the policy: where it stands, and where that is without symlinks, as far as it exists.
    private struct Place {
        let path: String
        let real: String
    }

    private let policy: SandboxPolicy
    private let folder: String
    private let home: String?
    private var mounts: [JSONValue] = []
    /// Places inside that are taken; the spec refuses two mounts at one.
    private var taken: Set<PathKey> = []

    /// `folder` is absolute.
    init(_ policy: SandboxPolicy, folder: String) throws {
        self.policy = policy
        self.folder = folder
        home = MachineKey.home(HostSystem.environment(), HostIdentity.current())
        if case .systemFolders = policy.readable, policy.preset == .baseline {
            throw SpecError(
                field: "preset",
                message: "\"baseline\" shows all of the host's top-level folders",
                hint: "preset restricted goes with readable .systemFolders"
            )
        }
    }

    mutating func draft(_ start: SpecDraft) throws -> SpecDraft {
        var draft = start
        draft.environment = policy.environment
        draft.inheriting = policy.inheritedVariables
        let denied = try policy.denyWrite.map(place)
        let hidden = try policy.denyRead.map(place)
        let asked = try policy.allowWrite.map(place).filter { !Self.isDenied($0, hidden) }
        let allowed = asked.filter { !Self.isDenied($0, denied) }
        let named: [Place] =
            switch policy.readable {
            case .host: []
            case .systemFolders(let paths): try paths.map(place).filter { !Self.isDenied($0, hidden) }
            }
        let writesAll = allowed.contains { $0.real == "/" }
        for place in allowed where place.real != "/" { bind(place, isWritable: true) }
        // What may not be written after all can be read.
        for place in named + asked where place.real != "/" { bind(place, isWritable: false) }
        if case .systemFolders = policy.readable { addFoldersAbove(asked + named) }
        for place in asked + named + denied { try refuseDetour(place, through: allowed) }
        // The root is read-only by itself.
        for place in denied where place.real != "/" { deny(place, allowed) }
        for place in hidden { mounts.append(["hide": .string(place.real), "optional": true]) }
        draft.mounts = mounts
        draft.others = fields(writesAll)
        return draft
    }

    /// Refuses a path that goes by a symlink in a folder that may be written: a command could have made it, or replace it.
    private func refuseDetour(_ place: Place, through allowed: [Place]) throws {
        for folder in allowed where AbsolutePath.contains(folder.path, place.path) {
            let straight = AbsolutePath.join(folder.real, AbsolutePath.relative(place.path, to: folder.path))
            guard PathKey(straight) != PathKey(place.real) else { continue }
            throw SpecError(
                field: "policy",
                message: "\(Printable.escaped(place.path)) goes by a symlink in \(Printable.escaped(folder.path)), "
                    + "which the command may change",
                hint: "name \(Printable.escaped(place.real)) instead, if that is what is meant"
            )
        }
    }

    /// Whether a place is denied, or lies in what is.
    private static func isDenied(_ place: Place, _ denied: [Place]) -> Bool {
        denied.contains { AbsolutePath.contains($0.real, place.real) }
    }

    private func place(_ text: String) throws -> Place {
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw SpecError(field: "policy", message: "a path of the policy is empty or has a zero byte")
        }
        var path = text
        if text == "~" || text.hasPrefix("~/") {
            guard let home else { throw SpecError(field: "policy", message: "there is no home that ~ could stand for") }
            path = home + text.dropFirst()
        } else if !AbsolutePath.isAbsolute(text) {
            path = AbsolutePath.join(folder, text)
        }
        path = AbsolutePath.normalised(path)
        return Place(path: path, real: Self.real(path))
    }

    /// Without symlinks as far as it exists, and then as it stands.
    private static func real(_ path: String) -> String {
        var folder = path
        while folder != "/" {
            if let real = (try? AbsolutePath.real(folder)) ?? nil {
                return AbsolutePath.join(real, AbsolutePath.relative(path, to: folder))
            }
            folder = AbsolutePath.parent(folder)
        }
        return path
    }

    private mutating func bind(_ place: Place, isWritable: Bool) {
        guard taken.insert(PathKey(place.path)).inserted else { return }
        mounts.append([
            "bind": .string(place.path), "at": .string(place.path), "mode": isWritable ? "rw" : "ro", "optional": true,
        ])
    }

    /// In a root that holds few of the host's folders, those above a named path are made on a tmpfs.
    private mutating func addFoldersAbove(_ places: [Place]) {
        for place in places where AbsolutePath.depth(place.path) > 1 {
            let top = "/" + (AbsolutePath.components(place.path).first ?? "")
            if Self.isShown(top) || !taken.insert(PathKey(top)).inserted { continue }
            mounts.append(["tmpfs": .string(top), "perm": "0755"])
        }
    }

    /// Whether the preset has a top-level folder inside already: the host's, or one of its own.
    private static func isShown(_ folder: String) -> Bool {
        let preset = Preset.named(.restricted)
        let isOwn = preset.hostRootTmpfs.contains(.path(folder)) || ["/proc", "/dev"].contains(folder)
        return isOwn || preset.rootEntries?.contains { $0.matches(folder) } == true
    }

    /// A rule on an object holds under all its names; one that is not there is named where it could be made.
    private mutating func deny(_ place: Place, _ allowed: [Place]) {
        let above = allowed.filter { AbsolutePath.contains($0.real, place.real) }
        if above.isEmpty { mounts.append(["readonly": .string(place.real), "optional": true]) }
        for folder in above {
            let path = AbsolutePath.join(folder.path, AbsolutePath.relative(place.real, to: folder.real))
            mounts.append(["readonly": .string(path)])
        }
    }

    private func fields(_ writesAll: Bool) -> [String: JSONValue] {
        var fields: [String: JSONValue] = ["network": policy.allowNetwork ? "host" : "none"]
        if case .systemFolders = policy.readable { fields["preset"] = "restricted" }
        if let preset = policy.preset { fields["preset"] = .string(preset.rawValue) }
        if writesAll { fields["root"] = ["host": "rw"] }
        fields["resources"] = resources
        return fields
    }

    private var resources: JSONValue? {
        let asked = policy.resources
        let timeout = asked.timeout.map { limit in
            let (seconds, attoseconds) = limit.components
            return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
        }
        let members = JSONValue.members([
            "memory": asked.memory.map(JSONValue.integer),
            "pids": asked.processes.map { .integer(Int64($0)) },
            "cpus": asked.processors.map(JSONValue.number),
            "rlimits": asked.openFiles.map { ["nofile": .integer(Int64($0))] },
            "timeout": timeout.map(JSONValue.string),
        ])
        return members == [:] ? nil : members
    }
}
