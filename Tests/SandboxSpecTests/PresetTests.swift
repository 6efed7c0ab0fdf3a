import JSONText
import SandboxSpec
import Testing

@Suite struct PresetTests {
    @Test("baseline and restricted contain the command, each in its way")
    func contained() {
        let baseline = Preset.named(.baseline)
        let restricted = Preset.named(.restricted)
        for preset in [baseline, restricted] {
            for namespace in Namespace.allCases where namespace != .user && namespace != .time {
                #expect(preset.namespaces[namespace] == .on)
            }
            #expect(preset.namespaces[.time] == nil)
            #expect(preset.network == .none)
            #expect(preset.hostname == "sandbox")
            #expect(preset.devices == .minimal)
            #expect(preset.userMap == .single)
            #expect(preset.root == .host(.readOnly))
            #expect(!preset.rootIsHost)
            #expect(preset.seccomp == .standard)
            #expect(preset.noNewPrivileges == true)
            #expect(preset.maskedPaths == Preset.maskedPaths)
            #expect(preset.readonlyPaths == Preset.readonlyPaths)
            #expect(preset.nosuid)
            #expect(
                preset.hostRootTmpfs == [
                    .path("/run"), .path("/var/run"), .path("/tmp"), .path("/var/tmp"), .path("/dev/shm"),
                    .symbol(.callerRuntime),
                ]
            )
            #expect(preset.otherRootTmpfs == [.path("/dev/shm")])
            #expect(preset.hides.contains(.path("/etc/shadow")))
            for symbol in [HostSymbol.sshHostKeys, .otherHomes, .rootHome] {
                #expect(preset.hides.contains(.symbol(symbol)))
            }
        }
        #expect(baseline.namespaces[.user] == .whenNotRoot)
        #expect(baseline.rootEntries == nil)
        #expect(baseline.capabilities == .exactly([.kill, .netBindService, .setpcap]))
        #expect(baseline.allowsAdding)
        #expect(!baseline.refusesGroups)
        #expect(restricted.namespaces[.user] == .on)
        #expect(restricted.rootEntries?.map(\.pattern) == ["/usr", "/bin", "/sbin", "/lib*", "/etc"])
        #expect(restricted.capabilities == .exactly([]))
        #expect(!restricted.allowsAdding)
        #expect(restricted.refusesGroups)
    }

    @Test("privileged and overlay leave the host as it is", arguments: [Preset.Name.privileged, .overlay])
    func open(_ name: Preset.Name) {
        let preset = Preset.named(name)
        #expect(preset.name == name)
        #expect(preset.namespaces == [.mount: .on])
        #expect(preset.network == .host)
        #expect(preset.hostname == nil)
        #expect(preset.devices == .host)
        #expect(preset.userMap == .none)
        #expect(preset.root == .host(.readWrite))
        #expect(preset.rootIsHost == (name == .overlay))
        #expect(preset.seccomp == .unconfined)
        #expect(preset.capabilities == .callers(dropping: [], adding: []))
        #expect(preset.noNewPrivileges == nil)
        #expect(preset.maskedPaths.isEmpty && preset.readonlyPaths.isEmpty)
        #expect(preset.hostRootTmpfs.isEmpty && preset.hides.isEmpty)
    }

    @Test("the lists of paths are those of SAFETY.md")
    func lists() {
        #expect(Preset.maskedPaths.count == 12)
        #expect(Preset.maskedPaths.contains("/proc/kcore"))
        #expect(Preset.maskedPaths.contains("/sys/devices/virtual/powercap"))
        #expect(Preset.readonlyPaths == ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"])
    }

    @Test("a silent spec has the defaults, each with its origin")
    func silent() throws {
        let effective = EffectiveSpec(try spec(""))
        #expect(effective.workdir == Sourced("/", .standard))
        #expect(effective.stdin == Sourced(.null, .standard))
        #expect(effective.runtime == Sourced(.auto, .standard))
        #expect(effective.root == Sourced(.host(.readOnly), .preset))
        #expect(effective.writes == Sourced(.deny, .standard))
        #expect(effective.inherit == Sourced(.standard, .standard))
        #expect(effective.network == Sourced(.none, .preset))
        #expect(effective.namespaces[.pid] == Sourced(.on, .preset))
        #expect(effective.namespaces[.net] == Sourced(.on, .preset))
        #expect(effective.namespaces[.user] == Sourced(.whenNotRoot, .preset))
        #expect(effective.namespaces[.time] == Sourced(.off, .standard))
        #expect(effective.hostname == Sourced("sandbox", .preset))
        #expect(effective.uid == Sourced(0, .standard))
        #expect(effective.seccomp == Sourced(.standard, .preset))
        #expect(effective.noNewPrivileges == Sourced(true, .preset))
        #expect(effective.grace.value?.milliseconds == 5000)
        #expect(effective.captureLimit.value.bytes == 64 << 20)
        #expect(effective.cache == Sourced(.never, .standard))
        #expect(effective.presetHides == Preset.named(.baseline).hides)
    }

    @Test("what the spec says counts over the preset")
    func said() throws {
        let effective = EffectiveSpec(
            try spec(
                #""network": "host", "hostname": "h", "namespaces": {"pid": false}, "security": {"seccomp": "default"}"#
            )
        )
        #expect(effective.network == Sourced(.host, .spec))
        #expect(effective.namespaces[.net] == Sourced(.off, .spec))
        #expect(effective.namespaces[.pid] == Sourced(.off, .spec))
        #expect(effective.hostname == Sourced("h", .spec))
        #expect(effective.seccomp == Sourced(.standard, .spec))
    }

    @Test("a map brings its namespace or keeps it out")
    func maps() throws {
        func user(_ members: String) throws -> Sourced<NamespaceSetting>? {
            EffectiveSpec(try spec(members)).namespaces[.user]
        }
        #expect(try user(#""user": {"map": "none"}"#) == Sourced(.off, .spec))
        #expect(try user(#""user": {"map": "subids"}"#) == Sourced(.on, .spec))
        #expect(try user(#""user": {"map": "single"}"#) == Sourced(.whenNotRoot, .preset))
        #expect(try user(#""user": {"map": "single"}, "preset": "privileged""#) == Sourced(.whenNotRoot, .spec))
        #expect(try user(#""preset": "restricted""#) == Sourced(.on, .preset))
        #expect(try user(#""preset": "overlay""#) == Sourced(.off, .preset))
        #expect(EffectiveSpec(try spec(#""preset": "overlay""#)).uid.value == nil)
    }

    @Test("a preset's hostname goes with its namespace, and its tmpfs with the root")
    func dependents() throws {
        #expect(EffectiveSpec(try spec(#""namespaces": {"uts": false}"#)).hostname.value == nil)
        let other = EffectiveSpec(try spec(#""root": {"empty": true}"#))
        #expect(other.presetTmpfs == [.path("/dev/shm")])
        #expect(other.presetHides.isEmpty)
    }

    @Test("capabilities are dropped, then added")
    func capabilities() throws {
        func bound(_ preset: String, _ rules: String) throws -> CapabilityBound {
            let members = "\"preset\": \"\(preset)\", \"security\": {\"capabilities\": \(rules)}"
            return EffectiveSpec(try spec(members)).capabilities.value
        }
        let raw = try #require(Capability("NET_RAW"))
        #expect(
            try bound("baseline", #"{"drop": ["KILL"], "add": ["NET_RAW"]}"#)
                == .exactly([.netBindService, raw, .setpcap])
        )
        #expect(try bound("baseline", #"{"drop": ["ALL"]}"#) == .exactly([]))
        #expect(try bound("privileged", #"{"drop": ["KILL"]}"#) == .callers(dropping: [.kill], adding: []))
        #expect(try bound("privileged", #"{"drop": ["ALL"], "add": ["KILL"]}"#) == .exactly([.kill]))
    }

    @Test("the standard inheritance is that of SPEC.md")
    func inheritance() {
        let standard = Spec.Environment.Inheritance.standard
        for name in ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TERM"] { #expect(standard.takes(name)) }
        for name in ["LD_PRELOAD", "PATHX", "LANGUAGE", "AWS_SECRET"] { #expect(!standard.takes(name)) }
        #expect(Spec.Environment.Inheritance.all.takes("X"))
        #expect(!Spec.Environment.Inheritance.none.takes("X"))
    }
}
