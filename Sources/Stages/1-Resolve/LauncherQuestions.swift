import JSONText

/// How one launcher is asked for its version and features, and how its answers are read.
struct LauncherQuestions: Sendable {
    /// What it calls itself, for messages.
    let product: String
    /// What stands before the version in its line of `--version`'s answer.
    private let prefix: String
    /// What a version may begin with instead of a digit.
    private let release: String
    /// What stands for the version of one that tells none, and is not asked.
    let fixedVersion: String?
    /// The argument that makes it tell its features; nil when `--version` tells all.
    let featureQuestion: String?
    /// Features by the answer to `--version`, and by the one to ``featureQuestion``, nil when that failed.
    let features: @Sendable (_ version: String, _ answer: String?) -> Set<String>

    private init(
        product: String,
        prefix: String,
        release: String = "",
        fixedVersion: String? = nil,
        featureQuestion: String?,
        features: @escaping @Sendable (_ version: String, _ answer: String?) -> Set<String>
    ) {
        self.product = product
        self.prefix = prefix
        self.release = release
        self.fixedVersion = fixedVersion
        self.featureQuestion = featureQuestion
        self.features = features
    }

    /// Nil for a name that is no launcher's.
    static func of(_ name: String) -> LauncherQuestions? {
        switch name {
        case "bwrap": .bwrap
        case "runc": .runc
        case "crun": .crun
        case "runsc": .runsc
        case "tini-static", "catatonit": .reaper
        case "newuidmap", "newgidmap": .mapper
        default: nil
        }
    }

    /// The version that `--version` tells: printable ASCII, 64 bytes at most; nil when it tells none.
    func version(in answer: String) -> String? {
        guard let line = answer.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix(prefix) }) else {
            return nil
        }
        let version = line.dropFirst(prefix.count)
        let digits = version.hasPrefix(release) ? version.dropFirst(release.count) : version
        guard digits.utf8.first.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) == true,
            version.utf8.count <= 64, version.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return String(version)
    }

    /// catatonit says that it is tini, for those who ask.
    private static let reaper = LauncherQuestions(
        product: "tini",
        prefix: "tini version ",
        featureQuestion: nil,
        features: { _, _ in [] }
    )

    /// It takes no option, and is root for whoever runs it: it is not run to be looked at.
    private static let mapper = LauncherQuestions(
        product: "shadow",
        prefix: "",
        fixedVersion: "unknown",
        featureQuestion: nil,
        features: { _, _ in [] }
    )

    /// Its features are its options.
    private static let bwrap = LauncherQuestions(
        product: "bubblewrap",
        prefix: "bubblewrap ",
        featureQuestion: "--help",
        features: { _, answer in
            let words = (answer ?? "").split { !$0.isLowercase && $0 != "-" && !$0.isNumber }
            return Set(words.filter { $0.hasPrefix("--") && $0.count > 2 }.map(String.init))
        }
    )

    /// `features` is there from 1.1 (the OCI runtime specification, features.md).
    private static let runc = LauncherQuestions(
        product: "runc",
        prefix: "runc version ",
        featureQuestion: "features",
        features: { _, answer in OCIFeatures.read(answer) }
    )

    /// `features` is there from 1.9; what it was built with stands in its `--version`, as `+SECCOMP`.
    private static let crun = LauncherQuestions(
        product: "crun",
        prefix: "crun version ",
        featureQuestion: "features",
        features: { version, answer in
            let words = version.split(whereSeparator: \.isWhitespace)
            let parts = words.filter { $0.utf8.first == UInt8(ascii: "+") && $0.utf8.count <= 32 }
            return OCIFeatures.read(answer).union(
                parts.filter { $0.dropFirst().allSatisfy(\.isUppercase) }.map(String.init)
            )
        }
    )

    /// Its features are those of its flags that a launch needs to know of, with two dashes; its platforms are for
    /// ``GVisorProbe``.
    private static let runsc = LauncherQuestions(
        product: "gVisor's runsc",
        prefix: "runsc version ",
        release: "release-",
        featureQuestion: "flags",
        features: { _, answer in
            let known: Set<String> = [
                "directfs", "file-access", "fsgofer-host-uds", "host-fifo", "host-uds", "ignore-cgroups", "network",
                "oci-seccomp", "overlay", "overlay2", "platform", "rootless", "systemd-cgroup",
            ]
            // As Go's flag package prints them: two blanks, a dash, the name.
            let lines = (answer ?? "").split(whereSeparator: \.isNewline).filter { $0.hasPrefix("  -") }
            let names = lines.compactMap { $0.dropFirst(3).split(separator: " ").first.map(String.init) }
            return Set(known.intersection(names).map { "--" + $0 })
        }
    )
}

/// What a lowering needs of the document that `runc features` prints.
enum OCIFeatures {
    /// Recursive mount options as `mount:rro`, the specification's versions as `ociVersionMin:1.0.0`.
    ///
    /// Nothing for what is no such document.
    static func read(_ answer: String?) -> Set<String> {
        guard let answer, let document = try? JSONParser.parse(Array(answer.utf8)) else { return [] }
        let options = Set((document["mountOptions"]?.arrayValue ?? []).compactMap(\.stringValue))
        var features = Set(["rro", "rnosuid", "rnodev", "rnoexec"].filter(options.contains).map { "mount:" + $0 })
        for name in ["ociVersionMin", "ociVersionMax"] {
            guard let version = document[name]?.stringValue, version.utf8.count <= 64,
                version.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { continue }
            features.insert("\(name):\(version)")
        }
        return features
    }
}
