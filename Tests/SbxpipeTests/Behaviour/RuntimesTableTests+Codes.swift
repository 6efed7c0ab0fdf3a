import TestSupport
import Testing

extension RuntimesTableTests {
    private static let codes =
        Requirements.areLong ? "$(seq 0 255)" : "0 1 64 124 125 126 127 128 137 192 193 255"
    private static let endings = Requirements.areLong ? "$(seq 1 31)" : "1 2 6 9 11 15 17 19"

    @Test("A command's exit code is the tool's, and its own in the record", arguments: RuntimeColumn.every)
    func exitCodes(column: RuntimeColumn) throws {
        let run = try RuntimeLab.of(column).script(
            """
            for code in \(Self.codes); do
                sbx run -- /bin/sh -c "exit $code" >out 2>err; found=$?
                [[ $found == $code && ! -s out && ! -s err ]] || problem "$code: $found $(cat out err)"
                grep -q "^  \\"exitCode\\": $code,$" result.json || problem "$code: $(grep exitCode result.json)"
                grep -q '"survivors": 0' result.json || problem "$code: $(grep survivors result.json)"
                (( code == 0 )) || grep -q '"domain": "command"' result.json || problem "$code: $(cat result.json)"
                # 128 and a signal's number may be that signal.
                (( code > 128 && code < 193 )) || grep -q '"reason": "exited"' result.json || problem "$code: $(cat result.json)"
            done
            """
        )
        expectSilent(run)
    }

    @Test("A command that a signal ends has 128 and its number", arguments: RuntimeColumn.every)
    func endedBySignal(column: RuntimeColumn) throws {
        let run = try RuntimeLab.of(column).script(
            """
            for signal in \(Self.endings); do
                limit=; wanted=$((128 + signal)) reason=signaled
                case $signal in
                    17|18|23|28) wanted=5 reason=exited;;
                    19) limit="--timeout 2s --kill-after 0s" wanted=124 reason=timeout;;
                    # One in a process group of nobody's is not stopped by a terminal's.
                    20|21|22) limit="--timeout 2s --kill-after 0s" wanted="5 124" reason="(exited|timeout)";;
                esac
                sbx run $limit -- /bin/sh -c "ulimit -c 0; kill -$signal \\$\\$; exit 5" >out 2>err; found=$?
                [[ " $wanted " == *" $found "* && ! -s out ]] || problem "$signal: $found $(cat out err)"
                grep -qE "\\"reason\\": \\"$reason\\"" result.json || problem "$signal: $(cat result.json)"
                [[ $reason != signaled ]] || grep -qE "\\"signal(Likely)?\\": $signal,$" result.json || problem "$signal: $(cat result.json)"
            done
            """
        )
        expectSilent(run)
    }
}
