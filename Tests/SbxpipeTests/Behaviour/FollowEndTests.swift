import HostFiles
import TestSupport
import Testing

@Suite("The end of logs --follow", .tags(.large), .needsBubblewrap)
struct FollowEndTests {
    @Test("A reader that leaves ends the follower, though the run goes on and writes nothing")
    func readerLeaves() throws {
        let lab = try FollowLab("followreader")
        try lab.perform(
            "echo first; wait_for go; echo second",
            """
            run -- /bin/sh -c "$COMMAND"
            { "$S" logs -f job; echo $? >code; } | head -n 1 >head.out &
            { "$S" logs -f job --stderr 2>&1 >/dev/null; echo $? >silent; } | sleep 0.2 &
            wait_until '[ -s code ] && [ -s silent ]'
            kill -0 $job || exit 96
            touch sync/go
            finished
            """
        )
        #expect(try lab.text("head.out") == "first\n")
        #expect(try lab.text("code") == "0\n" && lab.text("silent") == "0\n")
    }

    @Test("A run that is stopped is followed to its end", arguments: Requirements.users)
    func stopped(user: UInt32?) throws {
        let lab = try FollowLab("followstop", user: user)
        try lab.perform(
            "trap 'echo bye; exit 7' TERM; echo started; while :; do sleep 0.05; done",
            """
            run -- /bin/sh -c "$COMMAND"
            follow it job
            wait_until 'grep -q started it.out'
            "$S" stop job || exit 94
            ended it || exit 95
            finished
            """
        )
        #expect(try lab.text("it.out") == "started\nbye\n")
        #expect(try lab.isSame("it"))
    }

    @Test("When the tool is killed all that it kept is shown, and said that there is no run")
    func killed() throws {
        let lab = try FollowLab("followkill")
        try lab.perform(
            "echo out; echo err >&2; printf unfinished; wait_for go",
            """
            run -- /bin/sh -c "$COMMAND"
            follow it job; follow times job -t; follow json --json job
            # More than half a second after its start, as it is shown to others from then on.
            wait_until 'grep -q unfinished it.out && grep -q unfinished times.out'
            kill -KILL $job
            ended it && ended times && ended json || exit 95
            finished
            """
        )
        let note = "sbxpipe: the launch is over, and no run of it was kept\n"
        #expect(try lab.text("it.out") == "out\nunfinished")
        #expect(try lab.text("it.err") == "err\n" + note)
        #expect(try lab.text("times.out").hasSuffix(" stdout unfinished\n"))
        #expect(try lab.text("json.err") == note)
        #expect(try lab.text("json.out").hasSuffix("\n]}\n"))
        // The next start cleans up, and the run that follows is the last.
        #expect(try lab.space.tool(["run", "--", "echo", "next"]).code == 0)
        #expect(try lab.space.tool(["logs", "--follow"]).text == "next\n")
    }
}
