package import JSONText

/// Bounds of the command that a launcher, or the launch around it, sets; what is nil or absent is not bounded.
package struct ResourceLimits: Sendable, Hashable {
    /// The two values of a limit of setrlimit(2), in its unit; -1 is RLIM_INFINITY.
    package struct Pair: Sendable, Hashable {
        package let soft: Int64
        package let hard: Int64

        package init(soft: Int64, hard: Int64) {
            self.soft = soft
            self.hard = hard
        }
    }

    /// Bytes.
    package let memory: Int64?
    /// Bytes of memory and swap together.
    package let swap: Int64?
    /// Thousandths of a processor.
    package let millicpus: Int64?
    /// Processes and threads.
    package let pids: Int64?
    /// By name, as `nofile`.
    package let rlimits: [String: Pair]
    /// Of the whole launch, set-up and clean-up included, in milliseconds.
    package let timeout: Int64?
    /// Milliseconds between TERM and KILL; nil for the standard five seconds.
    package let grace: Int64?

    /// The names that limits of setrlimit(2) have here.
    package static let names = [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
        "rtprio",
        "rttime", "sigpending", "stack",
    ]

    package init(
        memory: Int64? = nil,
        swap: Int64? = nil,
        millicpus: Int64? = nil,
        pids: Int64? = nil,
        rlimits: [String: Pair] = [:],
        timeout: Int64? = nil,
        grace: Int64? = nil
    ) {
        self.memory = memory
        self.swap = swap
        self.millicpus = millicpus
        self.pids = pids
        self.rlimits = rlimits
        self.timeout = timeout
        self.grace = grace
    }

    package var isEmpty: Bool { !bindsProcesses && timeout == nil && grace == nil }

    /// Whether a bound is there that is set on the command's processes.
    package var bindsProcesses: Bool { needsControlGroup || !rlimits.isEmpty }

    /// Whether a bound is there that only a cgroup has.
    package var needsControlGroup: Bool { memory != nil || swap != nil || millicpus != nil || pids != nil }

    /// Without the bounds by cgroup, and the times, of these controls (`resources.memory`); nil when nothing is left.
    package func leaving(out controls: [String]) -> ResourceLimits? {
        func kept(_ value: Int64?, _ name: String) -> Int64? { controls.contains("resources." + name) ? nil : value }
        let rest = ResourceLimits(
            memory: kept(memory, "memory"),
            swap: kept(swap, "swap"),
            millicpus: kept(millicpus, "cpus"),
            pids: kept(pids, "pids"),
            rlimits: rlimits,
            timeout: kept(timeout, "timeout"),
            grace: kept(grace, "grace")
        )
        return rest.isEmpty ? nil : rest
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        var rlimits: [String: Pair] = [:]
        for (name, pair) in json["rlimits"]?.objectValue ?? [:] {
            guard let values = pair.arrayValue, values.count == 2, let soft = values[0].integerValue,
                let hard = values[1].integerValue
            else { throw JSONShapeError(path: "rlimits.\(name)", message: "is no pair of numbers") }
            rlimits[name] = Pair(soft: soft, hard: hard)
        }
        self.init(
            memory: json["memory"]?.integerValue,
            swap: json["swap"]?.integerValue,
            millicpus: json["millicpus"]?.integerValue,
            pids: json["pids"]?.integerValue,
            rlimits: rlimits,
            timeout: json["timeout"]?.integerValue,
            grace: json["grace"]?.integerValue
        )
    }

    package var json: JSONValue {
        .members([
            "memory": memory.map(JSONValue.integer),
            "swap": swap.map(JSONValue.integer),
            "millicpus": millicpus.map(JSONValue.integer),
            "pids": pids.map(JSONValue.integer),
            "rlimits": rlimits.isEmpty
                ? nil : .object(rlimits.mapValues { [.integer($0.soft), .integer($0.hard)] }),
            "timeout": timeout.map(JSONValue.integer),
            "grace": grace.map(JSONValue.integer),
        ])
    }
}
