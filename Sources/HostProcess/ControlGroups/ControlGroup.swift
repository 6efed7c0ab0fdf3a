package import HostFiles

/// What a cgroup bounds; nil is no bound.
package struct ControlGroupLimits: Sendable, Hashable {
    /// Bytes.
    package var memory: Int64?
    /// Bytes of memory and swap together.
    package var swap: Int64?
    /// Thousandths of a processor.
    package var millicpus: Int64?
    /// Processes and threads.
    package var pids: Int64?

    package init(memory: Int64? = nil, swap: Int64? = nil, millicpus: Int64? = nil, pids: Int64? = nil) {
        self.memory = memory
        self.swap = swap
        self.millicpus = millicpus
        self.pids = pids
    }

    /// The controllers that set them, sorted.
    package var controllers: [String] {
        (millicpus == nil ? [] : ["cpu"]) + (memory == nil && swap == nil ? [] : ["memory"])
            + (pids == nil ? [] : ["pids"])
    }
}

/// A cgroup of ours: one folder, with version 1 one for each controller.
package struct ControlGroup: Sendable {
    /// The folders, sorted; none is there before ``make()``.
    package let folders: [String]
    private let settings: [(path: String, value: String)]
    private let memory: (path: String, version: ControlGroupPlaces.Version)?

    /// - Throws: ``ProcessError`` for a controller that no place is known for.
    package init(
        named name: String,
        _ limits: ControlGroupLimits,
        at places: ControlGroupPlaces
    ) throws(ProcessError) {
        var folders: Set<String> = []
        var settings: [(path: String, value: String)] = []
        var memory: (path: String, version: ControlGroupPlaces.Version)?
        for controller in limits.controllers {
            guard let place = places.places[controller] else {
                throw ProcessError("make a cgroup with the \(controller) controller", errno: 13)
            }
            let folder = AbsolutePath.join(place.folder, name)
            folders.insert(folder)
            for (file, value) in Self.settings(limits, controller, place.version) {
                settings.append(("\(folder)/\(file)", value))
            }
            if controller == "memory" {
                memory = ("\(folder)/" + (place.version == .v1 ? "memory.oom_control" : "memory.events"), place.version)
            }
        }
        self.folders = folders.sorted()
        self.settings = settings
        self.memory = memory
    }

    /// A cgroup that a launcher makes, below the caller's in every hierarchy that there is.
    package init(madeByLauncher name: String, at places: ControlGroupPlaces) {
        folders = places.hierarchies.map { AbsolutePath.join($0, name) }.sorted()
        settings = []
        memory = places.places["memory"].map { place in
            let folder = AbsolutePath.join(place.folder, name)
            return ("\(folder)/" + (place.version == .v1 ? "memory.oom_control" : "memory.events"), place.version)
        }
    }

    private static func settings(
        _ limits: ControlGroupLimits,
        _ controller: String,
        _ version: ControlGroupPlaces.Version
    ) -> [(String, String)] {
        switch (controller, version) {
        case ("pids", _): return [("pids.max", "\(limits.pids ?? 0)")]
        case ("cpu", _):
            // A quota has at least a millisecond.
            let millicpus = limits.millicpus ?? 0
            let period: Int64 = millicpus < 10 ? 1_000_000 : 100_000
            let quota = millicpus * period / 1000
            return version == .v1
                ? [("cpu.cfs_period_us", "\(period)"), ("cpu.cfs_quota_us", "\(quota)")]
                : [("cpu.max", "\(quota) \(period)")]
        case (_, .v1):
            return [("memory.limit_in_bytes", "\(limits.memory ?? limits.swap ?? 0)")]
                + (limits.swap.map { [("memory.memsw.limit_in_bytes", "\($0)")] } ?? [])
        case (_, .v2):
            let memory = limits.memory ?? limits.swap ?? 0
            return [("memory.max", "\(memory)")] + (limits.swap.map { [("memory.swap.max", "\($0 - memory)")] } ?? [])
        }
    }

    /// Makes the folders and sets the bounds.
    ///
    /// - Throws: ``FileError``, after which nothing of it is left.
    package func make() throws(FileError) {
        do {
            for folder in folders { try Folder.make(folder, permissions: 0o755) }
            for (path, value) in settings { try Self.write(value, to: path) }
        } catch {
            _ = remove(within: .zero)
            throw error
        }
    }

    /// Moves a process here; what it forks from then on is here too.
    ///
    /// - Throws: ``FileError``.
    package func add(_ process: Int32) throws(FileError) {
        for folder in folders { try Self.write("\(process)", to: folder + "/cgroup.procs") }
    }

    /// How many processes the kernel ended here because memory had run out.
    package var memoryKills: Int {
        guard let memory, let text = try? ProcText.read(memory.path) else { return 0 }
        let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
        return line.flatMap { Int($0.dropFirst("oom_kill ".count)) } ?? 0
    }

    /// Ends what is in it, in which nothing can be forked from then on.
    package func kill() { for folder in folders { Self.kill(folder) } }

    /// Version 2 has a file that does it (5.14), version 1 a bound of processes where there is the pids controller.
    private static func kill(_ folder: String) {
        if (try? write("1", to: folder + "/cgroup.kill")) != nil { return }
        try? write("0", to: folder + "/pids.max")
        for text in (try? ProcText.read(folder + "/cgroup.procs"))?.split(separator: "\n") ?? [] {
            guard let process = Int32(text), process > 0, let handle = try? ProcessHandle(opening: process) else {
                continue
            }
            _ = try? handle.send(signal: SignalNumber.kill)
        }
    }

    /// Ends what is left in it and removes it.
    ///
    /// - Returns: whether it is gone.
    package func remove(within limit: Duration) -> Bool {
        folders.map { Self.remove($0, within: limit) }.allSatisfy(\.self)
    }

    /// The same for one folder, of a launch whose tool was killed too.
    package static func remove(_ folder: String, within limit: Duration) -> Bool {
        let deadline = Monotonic.now() + Monotonic.nanoseconds(limit)
        while true {
            if Folder.removeEmpty(folder) { return true }
            kill(folder)
            if Monotonic.now() >= deadline { return false }
            HostSystem.sleep(milliseconds: 1)
        }
    }

    private static func write(_ text: String, to path: String) throws(FileError) {
        let file = try OwnedDescriptor.open(path, [.write])
        try FileContent.write(Array(text.utf8), to: file.number, path: path)
    }
}
