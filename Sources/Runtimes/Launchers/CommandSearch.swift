import HostFiles
package import PipelineContracts

/// A command that was found on the host: what the kernel executes for it.
package struct FoundCommand: Sendable, Hashable {
    /// Path of the program: the file itself, or the interpreter that its first line leads to.
    package let program: String
    /// What stands in place of the command's own name: that name, or for a script the words that the kernel makes of its
    /// first line, and the script's path.
    package let leading: [String]
}

/// Looks a command up as the sandbox will see it, before anything is launched.
package struct CommandSearch {
    package enum Answer: Sendable, Hashable {
        /// It is there; nil where it lies where only the kernel sees.
        case runs(FoundCommand?)
        /// Exit code 126 or 127, and why.
        case fails(code: Int32, message: String)
    }

    private let tree: SandboxTree
    private let workdir: String
    /// What messages say of where it was looked for.
    private let inside: String

    /// `isSandbox` false is for a command that sees the host itself, in messages.
    package init(tree: SandboxTree, workdir: String, isSandbox: Bool = true) {
        self.tree = tree
        self.workdir = workdir
        inside = isSandbox ? " inside" : ""
    }

    /// Looks on PATH as execvp(3) does: a name with a slash is a path, a file that may not be executed is passed over.
    package func find(_ command: String, environment: RenderedEnvironment) -> Answer {
        if command.utf8.contains(UInt8(ascii: "/")) {
            return check(command, named: command)
                ?? .fails(code: 127, message: "\(quoted(command)): not found\(inside)")
        }
        var refused: Answer?
        // execvp(3) without PATH looks in these two.
        for entry in (environment["PATH"] ?? "/bin:/usr/bin").split(separator: ":", omittingEmptySubsequences: false) {
            switch check(entry.isEmpty ? command : AbsolutePath.join(String(entry), command), named: command) {
            case nil: continue
            case .runs(let found)?: return .runs(found)
            case let answer?:
                guard isPassedOver(answer) else { return answer }
                refused = refused ?? answer
            }
        }
        return refused ?? .fails(code: 127, message: "\(quoted(command)): not found on the PATH\(inside)")
    }

    private static let notExecutable = "not executable"
    private static let isFolder = "is a folder"

    /// What execvp(3) goes on after: EACCES, and the ENOENT of an interpreter that is not there.
    private func isPassedOver(_ answer: Answer) -> Bool {
        guard case .fails(let code, let message) = answer else { return false }
        return code == 127 || message.hasSuffix(Self.notExecutable) || message.hasSuffix(Self.isFolder)
    }

    /// Nil when there is nothing at the path, which may be relative to the working folder.
    private func check(_ path: String, named command: String) -> Answer? {
        switch tree.resolve(absolute(path)) {
        case .missing: return nil
        case .kernel(let inside):
            if AbsolutePath.contains("/proc", inside) { return leadsToLauncher(command) }
            return .runs(nil)
        case .own(let inside):
            if case .text? = tree[inside]?.action { return .runs(nil) }
            return .fails(code: 126, message: "\(quoted(command)): \(Self.isFolder)")
        case .host(_, .folder, _): return .fails(code: 126, message: "\(quoted(command)): \(Self.isFolder)")
        case .host(let host, let kind, _):
            guard kind == .file, FileMode.mayExecute(host) else {
                return .fails(code: 126, message: "\(quoted(command)): \(Self.notExecutable)")
            }
            return checkContent(Program(host: host, path: path, words: [command], depth: 0), command)
        }
    }

    private func absolute(_ path: String) -> String {
        AbsolutePath.isAbsolute(path) ? path : AbsolutePath.join(workdir, path)
    }

    /// A file on the way from a command to what is executed for it.
    private struct Program {
        let host: String
        /// As the kernel is given it.
        let path: String
        /// What the kernel has put in place of the command's name so far.
        let words: [String]
        /// How many interpreters led to it.
        let depth: Int
    }

    private func checkContent(_ file: Program, _ command: String) -> Answer {
        // A file that may be executed and not read can't be looked into.
        let itself = Answer.runs(FoundCommand(program: file.host, leading: file.words))
        guard let opened = try? OwnedDescriptor.open(file.host, [.read, .nonBlocking]),
            let head = try? FileContent.read(descriptor: opened.number, at: 0, count: 4096)
        else { return itself }
        if head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) {
            let program = ELFHeader(head)
            guard program?.isForThisMachine == true else {
                return .fails(code: 126, message: "\(quoted(command)): is a program of another machine")
            }
            // The loader of a program is no further interpreter in the kernel's count.
            if let loader = program?.interpreter(in: head),
                case .fails(let code, let message) = checkInterpreter(loader, [], min(file.depth, 4), command)
            {
                return .fails(code: code, message: message)
            }
            return itself
        }
        if MachOHeader.isNative(head) { return itself }
        guard head.starts(with: [0x23, 0x21]) else {
            return .fails(code: 126, message: "\(quoted(command)): is neither a program nor a script with #!")
        }
        guard let header = ScriptHeader(head) else {
            return .fails(code: 126, message: "\(quoted(command)): names no interpreter after #!")
        }
        let words = [header.interpreter] + (header.argument.map { [$0] } ?? []) + [file.path] + file.words.dropFirst()
        return checkInterpreter(header.interpreter, words, file.depth, command)
    }

    private func checkInterpreter(_ path: String, _ words: [String], _ depth: Int, _ command: String) -> Answer {
        // The kernel follows five interpreters at most (fs/exec.c).
        guard depth < 5 else { return .fails(code: 126, message: "\(quoted(command)): too many interpreters") }
        switch tree.resolve(absolute(path)) {
        case .missing:
            return .fails(
                code: 127,
                message: "\(quoted(command)): its interpreter \(quoted(path)) is not there\(inside)"
            )
        case .host(let host, .file, _):
            guard FileMode.mayExecute(host) else {
                return .fails(code: 126, message: "\(quoted(command)): \(quoted(path)) is not executable")
            }
            return checkContent(Program(host: host, path: path, words: words, depth: depth + 1), command)
        case .kernel(let inside):
            return AbsolutePath.contains("/proc", inside) ? leadsToLauncher(command) : .runs(nil)
        case .own, .host: return .fails(code: 126, message: "\(quoted(command)): \(quoted(path)) is no program")
        }
    }

    /// What /proc has of a process is at that moment the launcher's own.
    private func leadsToLauncher(_ command: String) -> Answer {
        .fails(code: 126, message: "\(quoted(command)): leads into /proc, where it would be the launcher's own file")
    }

    private func quoted(_ text: String) -> String { Printable.escaped(text) }
}
