import HostFiles
import TestSupport

extension TemporaryFolder {
    /// Runs a shell line in this folder; its output without the last line end.
    @discardableResult
    func shell(_ line: String, _ environment: [String: String] = [:]) throws -> String {
        var variables = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        variables.merge(environment) { $1 }
        let run = try Program.run(["/bin/sh", "-c", line], in: path, environment: variables)
        guard run.code == 0 else {
            throw FileError(code: .other(run.code), operation: "run", path: line, reason: run.errorText)
        }
        return run.text.hasSuffix("\n") ? String(run.text.dropLast()) : run.text
    }

    func makeFIFO(_ name: String) throws { try shell("mkfifo '\(name)'") }

    func giveAway(_ name: String, to user: UInt32) throws { try shell("chown \(user):\(user) '\(name)'") }
}
