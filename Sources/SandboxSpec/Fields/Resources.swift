package import JSONText

extension Spec {
    /// Bounds of the command, not of the launcher, as far as the spec says them.
    package struct Resources: Sendable, Hashable {
        /// How long a command has between TERM and KILL when nothing is said.
        package static let standardGrace = "5s"

        /// Nil is no bound, as everywhere here.
        package var memory: ByteSize?
        /// Memory and swap together.
        package var swap: ByteSize?
        /// In processors.
        package var cpus: Double?
        /// Processes and threads.
        package var pids: Int64?
        /// Limits of setrlimit(2).
        package var rlimits: [ResourceLimitName: ResourceLimit]
        /// Of the whole run.
        package var timeout: TimeSpan?
        /// Between TERM and KILL; nil stands for `standardGrace`.
        package var grace: TimeSpan?

        /// By default nothing is said.
        package init(
            memory: ByteSize? = nil,
            swap: ByteSize? = nil,
            cpus: Double? = nil,
            pids: Int64? = nil,
            rlimits: [ResourceLimitName: ResourceLimit] = [:],
            timeout: TimeSpan? = nil,
            grace: TimeSpan? = nil
        ) {
            self.memory = memory
            self.swap = swap
            self.cpus = cpus
            self.pids = pids
            self.rlimits = rlimits
            self.timeout = timeout
            self.grace = grace
        }

        /// Whether a bound is said that only a cgroup has.
        package var needsControlGroup: Bool { memory != nil || swap != nil || cpus != nil || pids != nil }

        /// What is bounded, as it was said, but for the times.
        package var bounds: [(Control, JSONValue)] {
            let all: [(Control, JSONValue?)] = [
                (.resourcesMemory, memory?.json), (.resourcesSwap, swap?.json),
                (.resourcesCPUs, cpus.map(JSONValue.processors)), (.resourcesPIDs, pids.map(JSONValue.integer)),
                (.resourcesRlimits, json?.objectValue?["rlimits"]),
            ]
            return all.compactMap { control, value in value.map { (control, $0) } }
        }

        /// The times, as they were said.
        package var times: [(Control, JSONValue)] {
            let all: [(Control, JSONValue?)] = [(.resourcesTimeout, timeout?.json), (.resourcesGrace, grace?.json)]
            return all.compactMap { control, value in value.map { (control, $0) } }
        }

        init(_ json: JSONValue) {
            var rlimits: [ResourceLimitName: ResourceLimit] = [:]
            for (name, value) in json["rlimits"]?.objectValue ?? [:] {
                guard let name = ResourceLimitName(rawValue: name) else { continue }
                rlimits[name] = ResourceLimit(value)
            }
            self.init(
                memory: json["memory"].flatMap { ByteSize($0) },
                swap: json["swap"].flatMap { ByteSize($0) },
                cpus: json["cpus"]?.numberValue,
                pids: json["pids"]?.integerValue,
                rlimits: rlimits,
                timeout: json["timeout"].flatMap { TimeSpan($0) },
                grace: json["grace"].flatMap { TimeSpan($0) }
            )
        }

        var json: JSONValue? {
            let limits = rlimits.map { ($0.key.rawValue, $0.value.json) }
            let members = JSONValue.said([
                "memory": memory?.json,
                "swap": swap?.json,
                "cpus": cpus.map(JSONValue.processors),
                "pids": pids.map(JSONValue.integer),
                "rlimits": limits.isEmpty ? nil : .object(Dictionary(limits) { first, _ in first }),
                "timeout": timeout?.json,
                "grace": grace?.json,
            ])
            return members.isEmpty ? nil : .object(members)
        }
    }
}

extension JSONValue {
    /// A number of processors, as an integer when it is a whole one.
    fileprivate static func processors(_ count: Double) -> JSONValue {
        // Int64(exactly:) would need libm's trunc, which nothing else links.
        guard count.magnitude < 9_007_199_254_740_992, Double(Int64(count)) == count else { return .number(count) }
        return .integer(Int64(count))
    }
}
