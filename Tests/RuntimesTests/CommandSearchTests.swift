import HostFiles
import PipelineContracts
import Runtimes
import TestSupport
import Testing

@Suite("Finding the command inside", .tags(.medium))
struct CommandSearchTests {
    private let folder: TemporaryFolder
    private let tree: SandboxTree

    init() throws {
        folder = try TemporaryFolder("search")
        try folder.shell(
            """
            mkdir -p a b dir/tool d; cp /bin/true a/prog; printf '#!/in/a/prog\\n' > a/script; chmod 755 a/script
            printf '#!/none/sh -e\\n' > a/lost; printf 'no magic\\n' > a/plain; printf '#!\\n' > a/nameless
            printf '#! /in/a/prog\\targ\\n' > a/blank; printf '#!/in/dir\\n' > a/toFolder; : > a/empty; chmod 755 a/*
            printf '#!/in/a/prog\\n' > b/shut; cp /bin/true b/tool; chmod 644 b/shut; ln -s ../a/prog b/link
            mkdir a/shut2; printf '#!/in/b/shut\\n' > a/viaShut; chmod 755 a/viaShut; ln -s none b/gone
            """
        )
        tree = SandboxTree([
            .bind(folder.path, at: "/in"), .tmpfs("/tmp"), .make(.proc, at: "/proc"),
            .make(.text("#!/bin/sh\n", permissions: "0755"), at: "/tmp/text"),
            .make(.symlink(target: "tmp"), at: "/lnk"),
            .bind("/usr", at: "/usr"), .make(.symlink(target: "usr/lib"), at: "/lib"),
            .make(.symlink(target: "usr/lib64"), at: "/lib64"),
        ])
    }

    private func code(_ command: String, path: String? = nil, workdir: String = "/in") -> Int32 {
        let variables = path.map { [RenderedEnvironment.Variable(name: "PATH", value: $0, origin: .set)] } ?? []
        let search = CommandSearch(tree: tree, workdir: workdir)
        switch search.find(command, environment: RenderedEnvironment(variables: variables)) {
        case .runs: return 0
        case .fails(let code, let message):
            #expect(message.hasPrefix(command + ": "))
            return code
        }
    }

    @Test(
        "by path",
        arguments: [
            ("/in/a/prog", 0), ("a/prog", 0), ("./a/prog", 0), ("/in/b/link", 0), ("/in/a/script", 0),
            ("/in/a/blank", 0),
            ("/proc/self/exe", 126), ("/in/none", 127), ("/in/a/prog/x", 127), ("/in/b/gone", 127), ("/in/a/lost", 127),
            ("/in/dir", 126), ("/tmp", 126), ("/in/b/shut", 126), ("/in/a/plain", 126), ("/in/a/nameless", 126),
            ("/in/a/toFolder", 126), ("/in/a/empty", 126), ("/in/a/viaShut", 126), ("/tmp/text", 0),
        ]
    )
    func byPath(command: String, expected: Int32) { #expect(code(command) == expected) }

    @Test(
        "on PATH",
        arguments: [
            ("prog", "/in/b:/in/a", 0), ("prog", "/in/b", 127), ("prog", "", 127), ("prog", ":", 127), ("prog", "a", 0),
            ("shut", "/in/b", 126), ("shut", "/in/b:/in/none", 126), ("prog", "/in/a/prog:/in/a", 0),
            ("none", "/in/a", 127),
        ]
    )
    func onPath(command: String, path: String, expected: Int32) { #expect(code(command, path: path) == expected) }

    @Test("an empty entry of PATH is the working folder")
    func emptyEntry() {
        #expect(code("prog", path: "/in/b:", workdir: "/in/a") == 0)
        #expect(code("prog", path: "/in/b", workdir: "/in/a") == 127)
    }

    @Test("a file that may not be executed is passed over for one that may")
    func passedOver() throws {
        try folder.shell("cp a/prog d/shut")
        #expect(code("shut", path: "/in/b:/in/d") == 0)
    }

    @Test("so are a folder of that name, and a script whose interpreter is not there")
    func passedOverLikeExecvp() throws {
        try folder.shell("cp a/prog d/tool; cp a/prog d/lost")
        // execvp(3) goes on after EACCES and ENOENT.
        #expect(code("tool", path: "/in/dir:/in/d") == 0)
        #expect(code("lost", path: "/in/a:/in/d") == 0)
    }

    @Test("a text of the spec is found by a symlink too")
    func textBySymlink() {
        #expect(code("/lnk/text") == 0)
    }

    @Test("five scripts in a row end at a program, six do not")
    func interpreterChain() throws {
        try folder.shell(
            """
            last=/in/a/prog; for i in 1 2 3 4 5 6; do printf '#!%s\\n' $last > a/s$i; chmod 755 a/s$i; last=/in/a/s$i; done
            """
        )
        #expect(code("/in/a/s4") == 0)
        #expect(code("/in/a/s6") == 126)
        #expect(code("/in/a/s5") == 0)
    }

    @Test("a program of another machine is refused, one without a whole header too")
    func otherMachine() throws {
        var header = [UInt8](repeating: 0, count: 64)
        header.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
        header[18] = 0x16
        for bytes in [header, Array(header.prefix(20))] {
            try Folder.removeFile(folder("d/elf"))
            let file = try OwnedDescriptor.open(folder("d/elf"), [.write, .create, .exclusive], mode: 0o755)
            try FileContent.write(bytes, to: file.number)
            #expect(code("/in/d/elf") == 126)
        }
    }
}
