import HostProcess
import JSONText
import PipelineContracts
import Runtimes

extension LaunchSession {
    /// Works out how it ended.
    func fill(_ record: inout LaunchRecord) {
        fillEnd(&record)
        switch ending?.cause {
        case .timeout(let killed)?:
            record.fillTimeout(limits, killed: killed, hadCommand: ending?.hadCommand ?? true)
        case .neverStarted?: record.fillNeverStarted(request.runtime.name)
        case nil: break
        }
    }

    private func fillEnd(_ record: inout LaunchRecord) {
        if let folders = gate?.folders, !folders.isEmpty { record.slots["cgroup"] = .strings(folders) }
        guard let end else { return fillNoEnd(&record) }
        record.user = end.userSeconds
        record.system = end.systemSeconds
        record.maxRSS = end.maximumResidentBytes
        record.survivors = survivors.isEmpty ? .none : .processes(survivors)
        let seesOrphans =
            ProcessFeatures.hasWaiter ? end.survivors != nil : request.ownsProcess && ProcessFeatures.hasSubreaper
        if !seesOrphans && !request.archive.binding.ownPIDs || end.survivors ?? 0 > 0 { record.survivors = .unknown }
        guard prepared.command.isLauncher else {
            return DirectEnd(end: stall.end ?? end.status, killedBySignal: forwarder?.killedWith).fill(&record)
        }
        if let container {
            return ContainerEnd(
                end: stall.end ?? end.status,
                isContainers: end.isOfFollowed,
                runtime: container.name,
                hasReaper: container.hasReaper,
                message: container.failure ?? String(decoding: streams.takeMessage(), as: UTF8.self),
                killedBySignal: forwarder?.killedWith,
                stopped: stopped,
                memoryKills: container.memoryKills
            ).fill(&record)
        }
        LaunchEnd(
            end: end.status,
            exitCode: status.exitCode ?? stall.end.map(\.reported),
            message: streams.takeMessage(),
            killedBySignal: forwarder?.killedWith,
            sentSignals: forwarder?.sent ?? [],
            stopped: stopped,
            memoryKills: gate?.memoryKills ?? 0
        ).fill(&record)
    }

    /// Not even KILL ended it in time.
    private func fillNoEnd(_ record: inout LaunchRecord) {
        record.survivors = .unknown
        record.exitCode = 128 + (forwarder?.killedWith ?? SignalNumber.kill)
        record.reason = .signaled
        record.failure = .init(domain: .sbxpipe, message: "it was killed, and its end could not be waited for")
    }
}

extension ChildEnd.Status {
    /// The exit code of a launcher that reports a signal as 128 and its number.
    fileprivate var reported: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal, _): 128 + signal
        }
    }
}
