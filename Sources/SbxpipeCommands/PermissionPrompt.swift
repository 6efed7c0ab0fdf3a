import HostFiles
import HostProcess
import SandboxPipeline

/// Asks the person at the terminal whether something that came from elsewhere may have what it wants.
struct PermissionPrompt {
    private let console: Console

    init(_ console: Console) { self.console = console }

    /// False without a terminal to ask on, and for any answer but yes.
    func grants(_ wants: [(permission: ImportPermission, objects: [String])], to name: String) -> Bool {
        guard HostSystem.isTerminal(0), HostSystem.isTerminal(2), !console.isQuiet else { return false }
        ProgressLine.clear()
        console.note("\(name) was not planned by you on this machine. It wants:")
        for want in wants { console.note("  \(want.permission.rawValue): \(want.objects.joined(separator: ", "))") }
        console.ask("Allow all of it this once? [y/N] ")
        guard let answer = try? FileContent.readLine(descriptor: 0, limit: 64) else { return false }
        return ["y", "Y", "yes"].contains(answer)
    }
}
