import HostFiles
import JSONText
import TestSupport
import Testing

@Suite("logs --follow", .tags(.large), .needsBubblewrap)
struct FollowTests {
    @Test(
        "From the start and from the middle, by name, id and last: as logs shows it afterwards",
        arguments: Requirements.users
    )
    func followed(user: UInt32?) throws {
        let lab = try FollowLab("follow", user: user)
        try lab.perform(
            "paced 1 20; printf par; touch /sync/half; wait_for go; echo tial; paced 21 30; printf end",
            """
            run -- /bin/sh -c "$COMMAND"
            follow name job; follow times $(id) --timestamps; follow short $(id | cut -c 1-8) --stderr -t
            wait_until '[ -e sync/half ]'
            follow middle last --stdout; follow json --json job
            # It is shown while the run goes on, and no follower leaves before it ends.
            wait_until 'grep -q ^out20 name.out && grep -q "stderr err20" times.err && grep -q ^par middle.out'
            for i in name times short middle json; do ! has_ended $i || exit 96; done
            touch sync/go
            for i in name times short middle json; do ended $i || exit 95; done
            finished
            """
        )
        #expect(try lab.isSame("name"))
        #expect(try lab.isSame("times", ["--timestamps"]))
        #expect(try lab.isSame("short", ["-t", "--stderr"]))
        #expect(try lab.isSame("middle", ["--stdout"]))
        #expect(try lab.isSame("json", ["--json"]))
        let lines = (1...20).map { "out\($0)\n" } + ["partial\n"] + (21...30).map { "out\($0)\n" } + ["end"]
        #expect(try lab.text("name.out") == lines.joined())
        #expect(try lab.output("run.out") == lab.output("name.out"))
        #expect(try lab.output("run.err") == lab.output("name.err"))
    }

    @Test("A run that is over before it shows anything is shown whole, with the streams named as logs does")
    func short() throws {
        let lab = try FollowLab("followshort")
        try lab.perform(
            "wait_for go; echo out; echo err >&2",
            """
            run -- /bin/sh -c "$COMMAND"
            follow both; follow one --stdout -t; follow json --json
            touch sync/go
            ended both && ended one && ended json || exit 95
            finished
            """
        )
        #expect(try lab.text("both.out") == "out\n")
        #expect(try lab.isSame("both") && lab.isSame("one", ["--stdout", "-t"]) && lab.isSame("json", ["--json"]))
    }

    @Test("One combined stream keeps its order; a capture of nothing is refused at once")
    func modes() throws {
        let lab = try FollowLab("followmodes")
        try lab.perform(
            "echo a; echo b >&2; touch /sync/half; wait_for go; echo c",
            """
            run --capture combined -- /bin/sh -c "$COMMAND"
            follow all job
            wait_until 'grep -q b all.out'
            "$S" logs -f job --stderr 2>split.err && exit 94
            touch sync/go
            ended all || exit 95
            finished; rm sync/*
            run --capture none -- /bin/sh -c "$COMMAND"
            follow none job
            ended none && exit 93
            touch sync/go; finished
            """
        )
        #expect(try lab.text("all.out") == "a\nb\nc\n")
        #expect(try lab.text("split.err").contains("one combined stream"))
        #expect(try lab.text("none.err").contains("capture.mode \"none\""))
    }

    @Test("Of more than capture.limit all is shown that can be: what comes is seen, what was written over is told of")
    func limit() throws {
        let lab = try FollowLab("followlimit")
        // Each piece waits until the first follower has shown the one before: 20 pieces, a limit of five.
        try lab.perform(
            "for i in $(seq 11 30); do head -c 3997 /dev/zero | tr '\\0' x; echo $i; wait_for $i; done",
            """
            run --set capture.limit=20000 -- /bin/sh -c "$COMMAND"
            follow start; follow times -t
            size() { stat -c %s $1.out; }
            for i in {11..30}; do
                wait_until '[ $(size start) = '$(((i - 10) * 4000))' ]'
                if [ $i = 25 ]; then follow middle; wait_until '[ $(size middle) = 20000 ]'; fi
                touch sync/$i
            done
            for i in start times middle; do ended $i || exit 95; done
            finished
            """
        )
        let whole = try lab.output("run.out")
        #expect(whole.count == 80_000)
        #expect(try lab.output("start.out") == whole)
        #expect(try lab.output("start.err").isEmpty)
        let lines = try lab.text("times.out").split(separator: "\n").map { $0.drop { $0 != " " }.dropFirst(8) }
        #expect(lines.joined(separator: "\n") + "\n" == String(decoding: whole, as: UTF8.self))
        // It came when 60,000 bytes were written: the head is there, and the newest 10,000.
        #expect(try lab.output("middle.out") == Array(whole[..<10_000] + whole[50_000...]))
        #expect(try lab.text("middle.err") == "sbxpipe: stdout: 40000 bytes were not kept, over capture.limit\n")
    }

    @Test("A flood: each byte shown is what was written there, each gap as long as it is told")
    func flood() throws {
        let lab = try FollowLab("followflood")
        try lab.perform(
            "wait_for go; seq 1 1000000",
            """
            run --set capture.limit=400K -- /bin/sh -c "$COMMAND"
            follow flood -t --stdout
            sleep 0.6
            touch sync/go
            ended flood || exit 95
            finished
            """
        )
        let whole = try lab.output("run.out")
        var position = 0
        var pieces = 0
        for line in try lab.output("flood.out").split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let rest = line.dropFirst(28)
            if rest.first == UInt8(ascii: "[") {
                let digits = String(decoding: rest.dropFirst().prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
                position += try #require(Int(digits))
                pieces += 1
            } else if !rest.isEmpty {
                try #require(
                    whole[position...].starts(with: rest),
                    "at \(position): \(String(decoding: rest, as: UTF8.self))"
                )
                position += rest.count
                if position < whole.count, whole[position] == UInt8(ascii: "\n") { position += 1 }
            }
        }
        #expect(position == whole.count && pieces > 0)
    }
}
