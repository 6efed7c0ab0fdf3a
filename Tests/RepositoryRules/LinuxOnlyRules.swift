import HostFiles
import Testing

/// What Darwin has not, or has under the same name with another meaning; by family.
enum LinuxSymbols {
    struct Family {
        let name: String
        let words: Set<String>
        let prefixes: [String]
    }

    static let families = [
        family("system calls by number", ["syscall"], ["SYS_", "__NR_"]),
        family("openat2", ["openat2", "open_how"], ["RESOLVE_"]),
        family("renameat2", ["renameat2"], ["RENAME_NO"]),
        family("pidfd", ["P_PIDFD"], ["pidfd_", "PIDFD_"]),
        family("signalfd", ["signalfd", "signalfd_siginfo"], ["SFD_"]),
        family("eventfd, timerfd", ["eventfd"], ["EFD_", "TFD_", "timerfd_"]),
        family("prctl", ["prctl"], ["PR_"]),
        family("clone", ["clone", "clone3", "unshare", "setns"], ["CLONE_"]),
        family("memfd", ["memfd_create"], ["MFD_", "F_SEAL_"]),
        family("epoll", ["epoll"], ["epoll_", "EPOLL"]),
        family("inotify", ["inotify"], ["inotify_", "fanotify_", "IN_CLO", "FAN_"]),
        // The number is that of O_PATH, which Glibc's module map hides.
        family("O_PATH", ["O_PATH", "0o10000000", "O_TMPFILE", "__O_TMPFILE"]),
        family("statfs", ["f_type", "vfs", "statx"], ["STATX_"]),
        family("st_mtim", ["st_mtim", "st_ctim", "st_atim"]),
        family("xattr", ["getxattr", "lgetxattr", "fgetxattr", "setxattr", "lsetxattr", "fsetxattr", "listxattr"]),
        family("TIOCGPTPEER", ["TIOCGPTPEER"]),
        family("seccomp", ["CSeccomp", "scmp_filter_ctx"], ["seccomp_", "SECCOMP_", "SCMP_", "cseccomp_"]),
        family("wait", ["__WALL", "__WCLONE", "__WNOTHREAD"]),
        family("close-on-exec", ["pipe2", "accept4", "dup3", "SOCK_CLOEXEC", "SOCK_NONBLOCK", "MSG_CMSG_CLOEXEC"]),
        family("exec", ["execveat", "fexecve", "close_range", "AT_EMPTY_PATH"]),
        family("sync", ["syncfs", "fdatasync", "sync_file_range", "fallocate", "posix_fallocate"]),
        family("signals", ["_NSIG", "sigtimedwait", "sigwaitinfo", "ppoll", "MAP_STACK"]),
        family("mounts", ["umount2", "pivot_root", "MNT_DETACH"], ["MS_"]),
        family("copies", ["copy_file_range", "getdents64"]),
    ]

    private static func family(_ name: String, _ words: Set<String>, _ prefixes: [String] = []) -> Family {
        Family(name: name, words: words, prefixes: prefixes)
    }

    /// The family of an identifier; nil for what both systems have.
    static func family(of word: String) -> String? {
        families.first { $0.words.contains(word) || $0.prefixes.contains(where: word.hasPrefix) }?.name
    }

    /// Every file that has any, and which it may have: to be read by whoever carries this to another system.
    static let files: [String: Set<String>] = [
        "Sources/CHostShims/descriptor.c": ["TIOCGPTPEER"],
        "Sources/CHostShims/files.c": ["system calls by number", "openat2", "O_PATH", "statfs", "sync"],
        "Sources/CHostShims/process.c": [
            "system calls by number", "signalfd", "prctl", "memfd", "wait", "close-on-exec",
        ],
        "Sources/CHostShims/spawn.c": ["system calls by number", "prctl", "clone", "exec", "signals"],
        "Sources/CHostShims/spawn_parts.h": ["signals"],
        "Sources/CHostShims/user_namespace.c": [
            "system calls by number", "prctl", "clone", "wait", "close-on-exec",
        ],
        "Sources/CHostShims/waiter.c": ["system calls by number", "signalfd", "prctl", "wait"],
        "Sources/CHostShims/waiter_children.c": ["system calls by number"],
        "Sources/CHostShims/waiter_follow.c": ["system calls by number"],
        "Sources/CHostShims/waiter_host.c": ["close-on-exec"],
        "Sources/CHostShims/waiter_memory.c": ["system calls by number"],
        "Sources/CSeccomp/shim.h": ["seccomp", "system calls by number"],
        "Sources/HostFiles/FileStatus.swift": ["st_mtim"],
        "Sources/HostFiles/OwnedDescriptor.swift": ["O_PATH"],
        "Sources/SeccompFilter/LibraryNames.swift": ["seccomp"],
        "Sources/SeccompFilter/SeccompProfile+Compile.swift": ["seccomp"],
        "Sources/SeccompFilter/UserNamespaceGuard.swift": ["seccomp"],
    ]

    /// Headers that only what is compiled for Linux includes, so that nothing in them has to say so: libseccomp's, which
    /// Package.swift leaves out elsewhere, and one of CHostShims.
    static let headers: Set<String> = ["Sources/CSeccomp/shim.h", "Sources/CHostShims/spawn_parts.h"]
}

/// The code compiles for macOS as far as that can be told on Linux.
@Suite("What only Linux has", .tags(.medium))
struct LinuxOnlyRules {
    private struct Use {
        let family: String
        let word: String
        let line: PlatformSource.Line
    }

    private static func source(_ file: Repository.File) -> PlatformSource {
        PlatformSource(file.text, isSwift: file.path.hasSuffix(".swift")) { LinuxSymbols.family(of: $0) != nil }
    }

    private static func uses(_ file: Repository.File) -> [Use] {
        source(file).lines.filter { !$0.isCondition }.flatMap { line in
            line.words.compactMap { word in
                LinuxSymbols.family(of: word).map { Use(family: $0, word: word, line: line) }
            }
        }
    }

    private static func files(_ folder: String = "Sources") throws -> [Repository.File] {
        try Repository.files(below: folder, ending: [".swift", ".c", ".h"])
    }

    @Test("a Linux-only symbol stands only in a file of the list, and there only where Linux compiles it")
    func listed() throws {
        for file in try Self.files() {
            let allowed = LinuxSymbols.files[file.path] ?? []
            for use in Self.uses(file) {
                let place = "\(file.path):\(use.line.number): \(use.word) (\(use.family))"
                #expect(allowed.contains(use.family), "\(place) is Linux-only: see LinuxSymbols.files")
                let isLinux = use.line.system == .linux || LinuxSymbols.headers.contains(file.path)
                #expect(isLinux, "\(place) is compiled on Darwin too")
            }
        }
    }

    @Test("every file of the list has what it is listed with")
    func current() throws {
        let files = Dictionary(uniqueKeysWithValues: try Self.files().map { ($0.path, $0) })
        for (path, families) in LinuxSymbols.files {
            guard let file = files[path] else {
                Issue.record("\(path) is gone: take it from the list")
                continue
            }
            let unused = families.subtracting(Self.uses(file).map(\.family)).sorted()
            #expect(unused.isEmpty, "\(path) has nothing of \(unused)")
        }
    }

    @Test("a header for Linux alone is included there alone")
    func headers() throws {
        for file in try Repository.files(below: "Sources", ending: [".c", ".h"]) {
            for (text, line) in zip(file.lines, Self.source(file).lines) where text.hasPrefix("#include \"") {
                let isForLinux = LinuxSymbols.headers.contains {
                    text.hasSuffix("\"\(AbsolutePath.lastComponent($0))\"")
                }
                #expect(!isForLinux || line.system == .linux, "\(file.path):\(line.number)")
            }
        }
    }

    @Test("a file that takes its libc from Linux takes it from Darwin elsewhere")
    func libraries() throws {
        for file in try Self.files() {
            let source = Self.source(file)
            let imports = source.lines.filter { $0.words.contains("import") }
            for line in imports where line.words.contains("Glibc") || line.words.contains("Musl") {
                #expect(line.system == .linux, "\(file.path):\(line.number)")
                let isSingle = source.lines.allSatisfy { $0.system == .linux || $0.words.isEmpty || $0.isCondition }
                let hasOther = imports.contains { $0.words.contains("Darwin") && $0.system == .darwin }
                #expect(isSingle || hasOther, "\(file.path):\(line.number): and on Darwin?")
            }
        }
    }

    @Test("every function of CHostShims is there on both systems")
    func counterparts() throws {
        var defined: [String: Set<PlatformSource.System>] = [:]
        for file in try Repository.files(below: "Sources/CHostShims", ending: [".c"]) {
            for (name, system) in Self.functions(Self.source(file), ending: "{") {
                defined[name, default: []].insert(system)
            }
        }
        var declared: Set<String> = []
        for file in try Repository.files(below: "Sources/CHostShims/include", ending: [".h"]) {
            declared.formUnion(Self.functions(Self.source(file), ending: ";").map(\.name))
        }
        #expect(declared.count > 20)
        for name in declared.sorted() {
            let systems = defined[name] ?? []
            let isEverywhere = systems.contains(.both) || systems == [.linux, .darwin]
            #expect(isEverywhere, "\(name) is defined for \(systems.map { "\($0)" }.sorted())")
        }
    }

    /// Functions that begin at a line's start, by what follows their parameters: a body or nothing.
    private static func functions(
        _ source: PlatformSource,
        ending: Character
    ) -> [(name: String, system: PlatformSource.System)] {
        var found: [(String, PlatformSource.System)] = []
        for (index, line) in source.lines.enumerated() {
            guard line.text.first?.isLetter == true, !line.text.hasPrefix("static"),
                let name = line.words.first(where: { line.text.contains($0 + "(") && $0.hasPrefix("sbx_") })
            else { continue }
            let rest = source.lines[index...].prefix(8).map(\.text).joined(separator: " ")
            guard let close = rest.firstIndex(of: ")"),
                rest[rest.index(after: close)...].first(where: { $0 != " " }) == ending
            else { continue }
            found.append((name, line.system))
        }
        return found
    }

    @Test("libseccomp is for Linux alone, in Package.swift and in what uses it")
    func seccomp() throws {
        let package = try Repository.text("Package.swift").split(separator: "\n")
        let dependencies = package.filter { $0.contains("\"CSeccomp\"") && !$0.hasSuffix(" name: \"CSeccomp\",") }
        // The module and its tests.
        #expect(dependencies.count == 2)
        for line in dependencies { #expect(line.contains("condition: .when(platforms: [.linux])")) }
        for file in try Self.files() {
            for line in Self.source(file).lines where line.words.contains("import") && line.words.contains("CSeccomp") {
                #expect(line.system == .linux, "\(file.path):\(line.number)")
            }
        }
    }

    @Test("conditions, comments and strings are told apart")
    func reading() {
        let swift = """
            #if canImport(Glibc)
            import Glibc // prctl
            #elseif canImport(Musl)
            a /* b /* c */ d */ e
            #else
            #"f"\\("# g "h \\(i("j")) k" l
            #endif
            #if !os(Linux)
            m
            #if X
            n
            #endif
            #else
            o
            #endif
            p
            """
        let lines = PlatformSource(swift, isSwift: true).lines.filter { !$0.isCondition }
        let expected: [(String, PlatformSource.System)] = [
            ("import Glibc", .linux), ("a e", .linux), ("g i l", .darwin), ("m", .darwin), ("n", .darwin),
            ("o", .linux), ("p", .both),
        ]
        #expect(lines.map { $0.words.joined(separator: " ") } == expected.map(\.0))
        #expect(lines.map(\.system) == expected.map(\.1))
        let source = "#ifdef TIOCGPTPEER\na '\"' b \"\\\"c\" /* // */ d\n#else\ne\n#endif\n#ifndef X\nf\n#endif"
        let c = PlatformSource(source, isSwift: false) { $0 == "TIOCGPTPEER" }.lines.filter { !$0.isCondition }
        #expect(c.map { $0.words.joined(separator: " ") } == ["a b d", "e", "f"])
        #expect(c.map(\.system) == [.linux, .darwin, .both])
    }
}
