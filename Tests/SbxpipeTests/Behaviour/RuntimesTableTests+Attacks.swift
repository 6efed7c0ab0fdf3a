import HostFiles
import HostProcess
import JSONText
import TestSupport
import Testing

extension RuntimesTableTests {
    /// Leaves a file outside when anything loads it that sees the folder: inside, all but `/out` is read-only.
    private static let library = """
        #include <fcntl.h>
        #include <unistd.h>
        __attribute__((constructor)) static void loaded(void) {
            int file = open(PLACE, O_CREAT | O_WRONLY, 0644);
            if (file >= 0) close(file);
        }
        """

    @Test(
        "What a loader or a shell obeys is the command's alone, and was never anyone's outside",
        .needsCompiler,
        arguments: RuntimeColumn.sandboxes
    )
    func plantedVariables(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let marker = lab.space.work + "/planted"
        let library = lab.space.work + "/planted.so"
        try Compiler.build(Self.library, to: library, flags: ["-shared", "-fPIC", "-DPLACE=\"\(marker)\""])
        try lab.space.write("touch \(marker)\n", to: "planted.sh")
        try lab.space.giveAway()
        let spec: JSONValue = [
            "command": ["/bin/bash", "-c", "echo $GODEBUG $GLIBC_TUNABLES $BASH_ENV"],
            // The library's own path, so that who loads it inside or outside finds it.
            "mounts": [["bind": .string(lab.space.work), "at": .string(lab.space.work)]],
            "env": [
                "set": [
                    "LD_PRELOAD": .string(library), "LD_AUDIT": .string(library), "GCONV_PATH": .string(lab.space.work),
                    "BASH_ENV": .string(lab.space.work + "/planted.sh"), "ENV": .string(lab.space.work + "/planted.sh"),
                    "GLIBC_TUNABLES": "glibc.malloc.check=3", "GODEBUG": "inittrace=1",
                ]
            ],
        ]
        let (run, _) = try lab.exec(spec)
        #expect(run.code == 0, "\(run)")
        #expect(run.text == "inittrace=1 glibc.malloc.check=3 \(lab.space.work)/planted.sh\n", "\(run)")
        #expect(run.errorText.contains("planted") && !run.errorText.contains("init internal/"), "\(run)")
        let made = try FileStatus.of(marker)
        #expect(made == nil, "loaded outside")
        // Who loads it outside would have left the file.
        _ = try lab.start(["/bin/true"], adding: ["LD_PRELOAD": library])
        let control = try FileStatus.of(marker)
        #expect(control != nil)
        try Folder.removeFile(marker)
    }

    @Test("A cover can't be moved away, nor what lies above it", arguments: RuntimeColumn.sandboxes)
    func coversHold(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        try lab.space.write("hidden\n", to: "held/deep/er/secret")
        try lab.space.write("fixed\n", to: "held/deep/er/fixed")
        let script = """
            cd /held
            for from in deep/er/secret deep/er/fixed deep/er deep; do mv $from moved; mv moved $from; done
            mkdir other; ln deep/er/fixed other/fixed; ln deep/er/secret other/secret
            umount deep/er/secret; umount -l /held; mount --bind /held /mnt; mount -o remount,rw /held/deep/er/fixed
            unshare -Ur sh -c 'umount /held/deep/er/secret; cat /held/deep/er/secret'
            for file in $(find . /proc/self/root/held /proc/1/root/held -type f); do
                echo x >>$file; rm -f $file; cat $file
            done
            find / -xdev -name secret -exec cat {} +
            exit 0
            """
        let spec: JSONValue = [
            "command": ["/bin/sh", "-c", .string(script)],
            "mounts": [
                ["bind": "held", "at": "/held", "mode": "rw"], ["hide": "/held/deep/er/secret"],
                ["readonly": "/held/deep/er/fixed"],
            ],
        ]
        let (run, _) = try lab.exec(spec)
        #expect(run.code == 0, "\(run)")
        #expect(!run.text.contains("hidden"), "\(run)")
        #expect(try lab.space.folder.read("work/held/deep/er/secret") == "hidden\n")
        #expect(try lab.space.folder.read("work/held/deep/er/fixed") == "fixed\n")
    }

    /// Columns whose user may make cgroups here, on runtimes that keep what they ask for.
    private static let bounded = RuntimeColumn.sandboxes.filter {
        !$0.isOrdinary && $0.runtime != "crun" && LimitTests.canMakeGroups
    }

    @Test("Memory that runs out ends the command, and the record says so", arguments: bounded)
    func memory(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        let grow = "$x = 'a' x (400 << 20); print length $x"
        let (run, record) = try lab.recorded(["run", "--memory", "64M"], ["--", "/usr/bin/perl", "-e", grow])
        #expect(run.code == 137 && run.text.isEmpty, "\(run)")
        #expect(record?["reason"] == "memory" && record?["failure"]?["domain"] == "limit", "\(record?.pretty() ?? "")")
        let enough = try lab.recorded(["run", "--memory", "1G"], ["--", "/usr/bin/perl", "-e", grow])
        #expect(enough.run.text == "\(400 << 20)" && enough.record?["reason"] == "exited", "\(enough.run)")
    }

    @Test("A fork bomb goes off in its sandbox alone", arguments: bounded.filter { !$0.isGVisor })
    func forkBomb(column: RuntimeColumn) throws {
        let lab = try RuntimeLab.of(column)
        // Each child forks for ever; the first process has seen the bomb grow when it goes.
        let script =
            #"$| = 1; print "UP\n"; $p = $$; fork; fork while $$ != $p; select undef, undef, undef, 1; kill 9, $$"#
        let run = try lab.script(
            """
            started bomb --pids-limit 40 -- /usr/bin/perl -e '\(script)'
            # The host goes on meanwhile.
            sbx run --name beside -- /bin/echo fine >beside.out 2>&1
            grep -q fine beside.out || problem "beside: $(cat beside.out)"
            mv result.json beside.json; ended 137; nothing_left "a bomb"
            """
        )
        expectSilent(run)
    }
}
