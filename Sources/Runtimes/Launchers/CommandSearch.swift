import HostFiles
package import PipelineContracts

/// Looks a command up as the sandbox will see it, before anything is launched.
package struct CommandSearch {
    package enum Answer: Sendable, Hashable {
        /// It is there, or lies where only the kernel sees.
        case runs
        /// Exit code 126 or 127, and why.
        case fails(code: Int32, message: String)
    }

    private let tree: SandboxTree
    private let workdir: String

    package init(tree: SandboxTree, workdir: String) {
        self.tree = tree
        self.workdir = workdir
    }

    /// Looks on PATH as execvp(3) does: a name with a slash is a path, a file that may not be executed is passed over.
    package func find(_ command: String, environment: RenderedEnvironment) -> Answer {
        if command.contains("/") {
            let path = AbsolutePath.isAbsolute(command) ? command : AbsolutePath.join(workdir, command)
            return check(path, named: command) ?? .fails(code: 127, message: "\(quoted(command)): not found inside")
        }
        var refused: Answer?
        // execvp(3) without PATH looks in these two.
        for entry in (environment["PATH"] ?? "/bin:/usr/bin").split(separator: ":", omittingEmptySubsequences: false) {
            let folder = entry.hasPrefix("/") ? String(entry) : AbsolutePath.join(workdir, String(entry))
            switch check(AbsolutePath.join(folder, command), named: command) {
            case nil: continue
            case .runs?: return .runs
            case let answer?:
                guard isPassedOver(answer) else { return answer }
                refused = refused ?? answer
            }
        }
        return refused ?? .fails(code: 127, message: "\(quoted(command)): not found on the PATH inside")
    }

    private static let notExecutable = "not executable"
    private static let isFolder = "is a folder"

    /// What execvp(3) goes on after: EACCES, and the ENOENT of an interpreter that is not there.
    private func isPassedOver(_ answer: Answer) -> Bool {
        guard case .fails(let code, let message) = answer else { return false }
        return code == 127 || message.hasSuffix(Self.notExecutable) || message.hasSuffix(Self.isFolder)
    }

    /// Nil when there is nothing at the path.
    private func check(_ path: String, named command: String) -> Answer? {
        switch tree.resolve(path) {
        case .missing: return nil
        case .kernel: return .runs
        case .own(let inside):
            if case .text? = tree[inside]?.action { return .runs }
            return .fails(code: 126, message: "\(quoted(command)): \(Self.isFolder)")
        case .host(_, .folder, _): return .fails(code: 126, message: "\(quoted(command)): \(Self.isFolder)")
        case .host(let host, let kind, _):
            guard kind == .file, FileMode.mayExecute(host) else {
                return .fails(code: 126, message: "\(quoted(command)): \(Self.notExecutable)")
            }
            return checkContent(host, command, depth: 0)
        }
    }

    private func checkContent(_ host: String, _ command: String, depth: Int) -> Answer {
        // A file that may be executed and not read can't be looked into.
        guard let file = try? OwnedDescriptor.open(host, [.read, .nonBlocking]),
            let head = try? FileContent.read(descriptor: file.number, at: 0, count: 4096)
        else { return .runs }
        if head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) {
            let program = ELFHeader(head)
            guard program?.isForThisMachine == true else {
                return .fails(code: 126, message: "\(quoted(command)): is a program of another machine")
            }
            if let interpreter = program?.interpreter(in: head) {
                // The loader of a program is no further interpreter in the kernel's count.
                return checkInterpreter(interpreter, command, min(depth, 4))
            }
            return .runs
        }
        guard head.starts(with: [0x23, 0x21]) else {
            return .fails(code: 126, message: "\(quoted(command)): is neither a program nor a script with #!")
        }
        let line = head.dropFirst(2).prefix { $0 != 0x0A }
        guard let first = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }).first else {
            return .fails(code: 126, message: "\(quoted(command)): names no interpreter after #!")
        }
        return checkInterpreter(String(decoding: first, as: UTF8.self), command, depth)
    }

    private func checkInterpreter(_ interpreter: String, _ command: String, _ depth: Int) -> Answer {
        let missing = Answer.fails(
            code: 127,
            message: "\(quoted(command)): its interpreter \(quoted(interpreter)) is not there inside"
        )
        // The kernel follows five interpreters at most (fs/exec.c).
        guard depth < 5 else { return .fails(code: 126, message: "\(quoted(command)): too many interpreters") }
        let path = AbsolutePath.isAbsolute(interpreter) ? interpreter : AbsolutePath.join(workdir, interpreter)
        switch tree.resolve(path) {
        case .missing: return missing
        case .host(let host, .file, _):
            guard FileMode.mayExecute(host) else {
                return .fails(code: 126, message: "\(quoted(command)): \(quoted(interpreter)) is not executable")
            }
            return checkContent(host, command, depth: depth + 1)
        case .kernel: return .runs
        case .own, .host: return .fails(code: 126, message: "\(quoted(command)): \(quoted(interpreter)) is no program")
        }
    }

    private func quoted(_ text: String) -> String { Printable.escaped(text) }
}
