package import ContentAddressing
package import HostProcess
package import JSONText

/// A launch under way, as its lease says it: a root of gc, for `stop` and `logs --follow`, and for cleaning up when its
/// tool was killed.
package struct RunningLaunch: Sendable, Hashable {
    package let id: String
    package let name: String
    package let plan: Digest
    /// RFC 3339.
    package let started: String
    /// The process that runs the pipeline.
    package let owner: Int32
    /// The launcher, which leads a session of its own.
    package var launcher: ProcessIdentity?
    /// The process that the launcher reported as the sandbox's first.
    package var child: Int32?
    /// Number of the sandbox's mount namespace, if it has one of its own and the kernel numbers them.
    package var mountNamespace: UInt64?
    /// Folders of the cgroup that bounds it.
    package var controlGroup: [String] = []
    /// Folder in memory with values of secrets, if it has one.
    package var privateFolder: String?
    /// Whether all processes of the sandbox die with its first.
    package var ownPIDs = false
    /// Whether the command is the child of the sandbox's first process.
    package var commandIsChild = false
    /// Files below `cache/` with what was captured so far, by stream, once they are there.
    package var captures: [String: String] = [:]
    /// The same for the frames.
    package var frames: String?
    /// Bytes that are kept of a stream.
    package var captureLimit: Int64 = 0
    /// Milliseconds between TERM and KILL, where the plan says so.
    package var grace: Int64?

    package init(id: String, name: String, plan: Digest, started: String, owner: Int32) {
        self.id = id
        self.name = name
        self.plan = plan
        self.started = started
        self.owner = owner
    }

    /// Nil for what is no such thing.
    package init?(_ json: JSONValue) {
        guard json["kind"] == "launch", let id = json["id"]?.stringValue, let name = json["name"]?.stringValue,
            let plan = try? json.digest("plan"), let started = json["started"]?.stringValue,
            let owner = json["owner"]?.integerValue
        else { return nil }
        self.init(id: id, name: name, plan: plan, started: started, owner: Int32(truncatingIfNeeded: owner))
        launcher = json["launcher"].flatMap(ProcessIdentity.init)
        child = json["child"]?.integerValue.map { Int32(truncatingIfNeeded: $0) }
        mountNamespace = json["mountNamespace"]?.stringValue.flatMap { UInt64($0) }
        controlGroup = json["controlGroup"]?.arrayValue?.compactMap(\.stringValue) ?? []
        privateFolder = json["privateFolder"]?.stringValue
        ownPIDs = json["ownPIDs"] == true
        commandIsChild = json["commandIsChild"] == true
        captures = json["captures"]?.objectValue?.compactMapValues(\.stringValue) ?? [:]
        frames = json["frames"]?.stringValue
        captureLimit = json["captureLimit"]?.integerValue ?? 0
        grace = json["grace"]?.integerValue
    }

    package var json: JSONValue {
        .members([
            "kind": "launch",
            "id": .string(id),
            "name": .string(name),
            "plan": .string(plan.description),
            "started": .string(started),
            "owner": .integer(Int64(owner)),
            "launcher": launcher?.json,
            "child": child.map { .integer(Int64($0)) },
            "mountNamespace": mountNamespace.map { .string(String($0)) },
            "controlGroup": controlGroup.isEmpty ? nil : .strings(controlGroup),
            "privateFolder": privateFolder.map(JSONValue.string),
            "ownPIDs": .bool(ownPIDs),
            "commandIsChild": .bool(commandIsChild),
            "captures": .object(captures.mapValues(JSONValue.string)),
            "frames": frames.map(JSONValue.string),
            "captureLimit": .integer(captureLimit),
            "grace": grace.map(JSONValue.integer),
        ])
    }
}

extension ProcessIdentity {
    fileprivate init?(_ json: JSONValue) {
        guard let process = json["process"]?.integerValue, let boot = json["boot"]?.stringValue,
            let start = json["startTime"]?.stringValue.flatMap({ UInt64($0) })
        else { return nil }
        self.init(processID: Int32(truncatingIfNeeded: process), startTime: start, bootID: boot)
    }

    fileprivate var json: JSONValue {
        [
            "process": .integer(Int64(processID)), "startTime": .string(String(startTime)), "boot": .string(bootID),
        ]
    }
}
