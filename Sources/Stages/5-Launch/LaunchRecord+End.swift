import PipelineContracts

extension LaunchRecord {
    /// A command that exited; with `tellsSignals` a code of 128+n may stand for a signal.
    mutating func fillExit(_ code: Int32, tellsSignals: Bool) {
        exitCode = code
        reason = .exited
        if tellsSignals, (129...192).contains(code) {
            signalLikely = code - 128
            reason = .signaled
        }
        if code != 0 { failure = .init(domain: .command, message: "exited with \(code)", hint: nil) }
    }

    mutating func fillMemory(_ kills: Int) {
        reason = .memory
        let what = kills == 1 ? "a process was" : "\(kills) processes were"
        failure = .init(
            domain: .limit,
            message: "memory ran out, and \(what) ended for it",
            hint: "resources.memory says how much there is"
        )
    }

    mutating func fillOutputLimit(_ reason: Reason) {
        exitCode = 137
        self.reason = reason
        failure = .init(domain: .limit, message: "the outputs on a tmpfs outgrew its size", hint: nil)
    }
}
