import HostFiles
import JSONText
import TestSupport
import Testing

/// `runtime: auto` takes the first of its order that is there and can enforce what is asked for, and says so.
@Suite(
    "The runtime auto",
    .tags(.large),
    .needsBubblewrap,
    .enabled(if: Requirements.has("runc"), "runc is not installed")
)
struct AutoRuntimeTests {
    @Test(
        "Where bubblewrap is missing, or can't, the next one serves and is told; a limit of the host's goes to nobody"
    )
    func next() throws {
        let space = try Workspace("auto")
        try space.makeFolder("bin")
        for folder in ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"] {
            _ = try? Folder.link(space.work + "/bin/runc", to: folder + "/runc")
            if FileMode.mayExecute(space.work + "/bin/runc") { break }
            try? Folder.removeFile(space.work + "/bin/runc")
        }
        let usual = ["/bin/sh", "-c", "grep ^NoNew /proc/self/status; exit 4"]
        let path = ["PATH": "/usr/bin:/bin:" + space.work + "/bin"]
        let (bare, first) = try space.recorded(["run", "--name", "a", "--"] + usual, adding: path)
        #expect(bare.code == 4 && bare.text == "NoNewPrivs:\t1\n" && bare.errors.isEmpty, "\(bare)")
        #expect(first?["runtime"]?["name"] == "bwrap")

        let flags = ["run", "--name", "b", "--set", "security.noNewPrivileges=false", "--"]
        let (open, second) = try space.recorded(flags + usual, adding: path)
        #expect(open.code == 4 && open.text == "NoNewPrivs:\t0\n", "\(open)")
        #expect(open.errorLines.count == 1 && open.errorText.contains("runtime runc is used: "), "\(open)")
        #expect(second?["runtime"]?["name"] == "runc")

        let (lone, third) = try space.recorded(
            ["run", "--name", "c", "--"] + usual,
            adding: ["PATH": space.work + "/bin"]
        )
        #expect(lone.code == 4 && lone.errorText.contains("bwrap is not on PATH"), "\(lone)")
        #expect(third?["runtime"]?["name"] == "runc")
        let named = ["PATH": space.work + "/bin", "SBXPIPE_BWRAP": "/none"]
        let none = try space.tool(["run", "--", "/bin/true"], adding: named)
        #expect(none.code == 125 && none.errorText.contains("SBXPIPE_BWRAP: no such file"), "\(none)")
    }
}
