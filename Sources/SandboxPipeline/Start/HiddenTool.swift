import HostFiles
import HostProcess
import JSONText
import Runtimes

/// Programs that a sandbox of preset baseline would not see: those in `/root`, for root, and in other people's homes.
struct HiddenTool {
    private let hidden: [String]
    private let environment: [String: String]

    init(_ context: PipelineContext) {
        hidden = context.hostView(specFile: nil).otherHomes + (context.identity.isRoot ? ["/root"] : [])
        environment = context.environment
    }

    init(hidden: [String], environment: [String: String]) {
        self.hidden = hidden
        self.environment = environment
    }

    /// Whether a path, or what it leads to, lies where the sandbox does not see it.
    func hides(_ path: String) -> Bool {
        let real = (try? AbsolutePath.real(path)) ?? nil
        return [path, real].compactMap(\.self).contains { place in
            hidden.contains { AbsolutePath.contains($0, place) }
        }
    }

    /// The folder that has all of the `python3` that the caller's PATH names, when that one is hidden.
    ///
    /// Shims don't tell where it is, so it is asked.
    func pythonFolder() -> String? {
        guard let path = find("python3"), hides(path) else { return nil }
        let line = ask([path, "-E", "-c", "import sys; print(sys.base_prefix)"]).split(separator: "\n").first
        return line.map(String.init).flatMap { hides($0) ? $0 : nil }
    }

    /// The toolchain's `usr` folder of the `swift` that the caller's PATH names, when that one is hidden.
    func swiftFolder() -> String? {
        guard let path = find("swift"), hides(path) else { return nil }
        let target = try? JSONParser.parse(Array(ask([path, "-print-target-info"]).utf8))
        guard let resources = target?["paths"]?["runtimeResourcePath"]?.stringValue, resources.hasPrefix("/") else {
            return nil
        }
        return AbsolutePath.parent(AbsolutePath.parent(resources))
    }

    /// As a shell looks a command up, but for relative entries of PATH.
    func find(_ name: String) -> String? {
        let entries = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        return entries.map { AbsolutePath.join(String($0), name) }.first { path in
            ((try? FileStatus.of(path, following: true)) ?? nil)?.kind == .file && FileMode.mayExecute(path)
        }
    }

    /// What a program of the caller's writes, started in `/` as from the caller's shell; empty when it fails.
    private func ask(_ words: [String]) -> String {
        guard let shell = try? OwnedDescriptor.open("/bin/sh", [.pathOnly]) else { return "" }
        let end = try? runProbe(
            executable: shell.number,
            arguments: ["sh", "-c", "cd / && exec \"$0\" \"$@\" 2>/dev/null"] + words,
            environment: environment.map { "\($0.key)=\($0.value)" },
            limits: ProbeLimits(time: .seconds(10))
        )
        guard case .ended(let child, let output, truncated: false) = end, case .exited(0) = child.status else {
            return ""
        }
        return String(decoding: output, as: UTF8.self)
    }
}
