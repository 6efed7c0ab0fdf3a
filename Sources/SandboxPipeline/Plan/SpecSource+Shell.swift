import JSONText
import SandboxSpec

extension SpecSource {
    /// The same sandbox for another command, that of a person who looks around in it: without outputs, a time limit and a
    /// capture's mode, which are about the command that it stands in for.
    ///
    /// It is called after the spec, with `-shell` at its end, so that the name goes on naming what it named. On a terminal
    /// the command gets one; else it reads the caller's stdin.
    ///
    /// - Throws: ``PipelineError``.
    package func shell(_ command: [String], onTerminal: Bool) throws -> SpecSource {
        do {
            var members = spec.json.objectValue ?? [:]
            for field in ["outputs", "capture", "cache", "stdin", "tty"] { members[field] = nil }
            if var resources = members["resources"]?.objectValue {
                for field in ["timeout", "grace"] { resources[field] = nil }
                members["resources"] = resources.isEmpty ? nil : .object(resources)
            }
            members["command"] = .strings(command)
            if onTerminal { members["tty"] = true } else { members["stdin"] = "inherit" }
            let shellName = spec.name.hasSuffix("-shell") ? spec.name : spec.name + "-shell"
            members["name"] = .string(shellName)
            let spec = try SpecText.spec(from: .object(members), source: label, name: shellName)
            var source = SpecSource(spec: spec, label: label, file: file, base: base)
            source.archived = archived
            return source
        } catch {
            throw PipelineError(error, source: label)
        }
    }

    /// bash where there is one, else sh.
    package static let usualShell = [
        "/bin/sh", "-c", "if command -v bash >/dev/null; then exec bash; else exec sh; fi",
    ]
}
