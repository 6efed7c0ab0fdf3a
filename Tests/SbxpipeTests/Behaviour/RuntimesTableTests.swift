import HostFiles
import JSONText
import TestSupport
import Testing

/// The same description on each runtime has the same meaning: what it sees, how it ends, what is kept of it.
@Suite("The same on every runtime", .tags(.large), .serialized, .sharingLabs)
struct RuntimesTableTests {
    /// Tells all that the command can see of what the spec says, with nothing in it that a runtime is free to choose.
    private static let view = #"""
        cat
        id -u; id -un; id -G; hostname; pwd; env | grep -v '^PATH=' | sort
        printf '<%s>' "$0" "$@"; echo
        cat /in/file /note; echo made >made; echo kept >/scratch/kept; cat made /scratch/kept; cat /in/hidden
        for file in /in/new /in/file /note /out/fixed/file /new /etc/new; do (echo x >$file) && echo "wrote $file"; done
        tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '
        perl -MSocket -e '
            sub made { socket($_[0], PF_INET, SOCK_STREAM, 0) } made(L); made(C); made(O);
            bind(L, pack_sockaddr_in(0, INADDR_LOOPBACK)); listen(L, 1); connect(C, getsockname(L)); accept(S, L);
            syswrite(C, "loopback\n"); sysread(S, $text, 99); print $text;
            connect(O, pack_sockaddr_in(9, inet_aton("192.0.2.1"))) or print "nobody else\n"'
        (setsid sh -c 'exit 0' &); sh -c 'sleep 0.05 &'; sleep 0.2
        for p in /proc/[0-9]*; do
            [ $p = /proc/1 ] || { read -r number name state rest <$p/stat; echo "$name $state"; }
        done
        grep -E '^Cap(Inh|Prm|Eff)' /proc/self/status
        while read -r _ _ _ _ at options _; do
            case $at in /|/in|/note|/out|/out/fixed|/scratch) echo "$at ${options%%,*}";; esac
        done </proc/self/mountinfo | sort
        """#

    @Test("What the command sees, its stdin, and outputs on a bind and a tmpfs", arguments: RuntimeColumn.sandboxes)
    func view(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        for (name, text) in [
            ("shown/file", "a file\n"), ("shown/hidden", "a secret\n"), ("changed/fixed/file", "fixed\n"),
        ] {
            try lab.space.write(text, to: name)
        }
        let spec: JSONValue = [
            "command": ["/bin/sh", "-c", .string(Self.view), "zero", "a b", "$HOME"],
            "workdir": "/out", "hostname": "box", "stdin": ["text": "typed\n"],
            "env": ["inherit": ["PATH"], "set": ["A": "1 2", "B": "x=$y", "HOME": "/out"]],
            "mounts": [
                ["bind": "shown", "at": "/in"], ["bind": "changed", "at": "/out", "mode": "rw"],
                ["tmpfs": "/scratch", "size": "1M"], ["text": "a text\n", "at": "/note"], ["hide": "/in/hidden"],
                ["readonly": "/out/fixed"],
            ],
            "outputs": ["/out/made", "/scratch/*", "/out/absent"],
        ]
        let (run, record) = try lab.exec(spec)
        #expect(run.code == 0, "\(run)")
        let name = column.user.map(String.init) ?? HostIdentity.current().user.description
        let expected = """
            typed
            0
            \(name == "0" ? "root" : name)
            0
            box
            /out
            A=1 2
            B=x=$y
            HOME=/out
            PWD=/out
            <zero><a b><$HOME>
            a file
            a text
            made
            kept
            lo
            loopback
            nobody else
            (sh) R
            CapInh:\t0000000000000520
            CapPrm:\t0000000000000520
            CapEff:\t0000000000000520
            / ro
            /in ro
            /note ro
            /out rw
            /out/fixed ro
            /scratch rw

            """
        #expect(run.text == expected)
        #expect(run.errorText.split(separator: "\n").count == 7, "a hidden file, and six that can't be written: \(run)")
        #expect(try lab.space.folder.read("work/changed/made") == "made\n")
        #expect(try Folder.names(lab.space.work + "/shown").count == 2)
        #expect(try lab.artefact("6-collect/stdout") == run.output)
        #expect(try lab.artefact("6-collect/outputs.tar/out/made") == Array("made\n".utf8))
        #expect(try lab.artefact("6-collect/outputs.tar/scratch/kept") == Array("kept\n".utf8))
        #expect(record?["runtime"]?["name"] == .string(column.runtime))
        let answers = (record?["enforcement"]?.arrayValue ?? []).compactMap { $0["answer"]?.stringValue }
        #expect(!answers.isEmpty && !answers.contains("missing"))
    }

    /// Those that others mean something by; few of them where a start takes long, and for a runtime's second user.
    private static func codes(_ column: RuntimeColumn) -> [Int32] {
        if Requirements.areLong { return Array(0...255) }
        return column.isGVisor || column.user != nil
            ? [1, 125, 137, 255] : [1, 2, 23, 124, 125, 126, 127, 128, 129, 137, 143, 254, 255]
    }

    @Test("A command's own code is passed on as it is", arguments: RuntimeColumn.every)
    func ownCodes(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        for code in Self.codes(column) {
            try lab.space.write("\(code)\n", to: "code")
            let (run, record) = try lab.shell("read code; exit $code", ["--stdin", "code"])
            #expect(run.code == code, "\(run)")
            #expect(run.output.isEmpty && run.errors.isEmpty, "\(run)")
            #expect(record?["exitCode"] == .integer(Int64(code)))
            #expect(record?["failure"]?["domain"]?.stringValue == (code == 0 ? nil : "command"))
            #expect(record?["signal"] == nil, "the kernel did not say so")
            // A reaper exits with 128 and the signal's number, as the command may itself.
            let isLikely = column.runtime != "direct" && (129...192).contains(code)
            #expect(record?["signalLikely"] == (isLikely ? .integer(Int64(code - 128)) : nil))
            #expect(record?["reason"] == (isLikely ? "signaled" : "exited"))
            if column.runtime != "direct" { #expect(record?["survivors"] == 0) }
        }
    }

    @Test("A signal is 128 and its number", arguments: RuntimeColumn.every)
    func signals(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        for (name, number) in [("KILL", Int64(9)), ("TERM", 15)] {
            let (run, record) = try lab.shell("echo before; kill -\(name) $$; sleep 5; echo after")
            #expect(run.code == Int32(128 + number), "\(run)")
            #expect(run.text == "before\n" && run.errors.isEmpty, "\(run)")
            let isDirect = column.runtime == "direct"
            #expect(record?[isDirect ? "signal" : "signalLikely"] == .integer(number))
            #expect(record?[isDirect ? "signalLikely" : "signal"] == nil)
            #expect(record?["reason"] == "signaled")
            #expect(record?["failure"]?["domain"] == "command")
        }
    }

    @Test("What can't be executed is 126, what is not there 127", arguments: RuntimeColumn.every)
    func notFound(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        try lab.space.write("#!/bin/sh\n", to: "bin/plain")
        try lab.space.write("#!/no/such/interpreter\n", to: "bin/script", mode: 0o755)
        try lab.space.write("text", to: "bin/text", mode: 0o755)
        let here = lab.space.work + "/bin"
        let isDirect = column.runtime == "direct"
        let mount = isDirect ? [] : ["-v", here + ":/bin-here:ro"]
        for (name, code) in [("plain", Int64(126)), ("text", 126), ("", 126), ("script", 127), ("missing", 127)] {
            let command = (isDirect ? here : "/bin-here") + (name.isEmpty ? "" : "/" + name)
            let (run, record) = try lab.recorded(["run"] + mount, ["--", command])
            #expect(run.code == Int32(code), "\(run)")
            #expect(run.output.isEmpty && run.errorLines.count == 1 && run.errorText.contains(command), "\(run)")
            #expect(record?["exitCode"] == .integer(code))
            #expect(record?["reason"] == "failed")
            #expect(record?["failure"]?["domain"] == "command")
        }
    }

    @Test("Separate captures are the command's bytes", arguments: RuntimeColumn.every)
    func separate(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let (run, _) = try lab.shell(#"cat; printf 'a\000\377\r\n'; printf 'e\000\n\n' >&2; printf 'no end'; exit 9"#)
        #expect(run.code == 9)
        #expect(run.output == [0x61, 0, 0xFF, 0x0D, 0x0A] + Array("no end".utf8), "\(run)")
        #expect(run.errors == [0x65, 0, 0x0A, 0x0A], "\(run)")
        #expect(try lab.artefact("6-collect/stdout") == run.output)
        #expect(try lab.artefact("6-collect/stderr") == run.errors)
    }

    @Test("Combined: 20,000 lines and a MiB of each stream in the command's order", arguments: RuntimeColumn.every)
    func combined(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let program = #"""
            my ($x, $y) = ("x" x 100, "y" x 100);
            for (1..10000) { syswrite STDOUT, "o$_ $x\n"; syswrite STDERR, "e$_ $y\n" }
            """#
        let (run, record) = try lab.recorded(
            ["run", "--capture", "combined"],
            ["--", "/usr/bin/perl", "-e", program]
        )
        let (x, y) = (String(repeating: "x", count: 100), String(repeating: "y", count: 100))
        let expected = Array((1...10000).map { "o\($0) \(x)\ne\($0) \(y)\n" }.joined().utf8)
        #expect(run.code == 0 && run.errors.isEmpty && run.output.count == expected.count, "\(run.errorText)")
        let isPassedOn = run.output == expected
        #expect(isPassedOn)
        let isKept = try lab.artefact("6-collect/combined") == expected
        #expect(isKept)
        #expect(record?["exitCode"] == 0)
    }
}
