/// A process told from every other that has had, or will have, its number on this machine.
///
/// The number is one of the PID namespace that it was read in; it says nothing in another.
package struct ProcessIdentity: Sendable, Hashable {
    package let processID: Int32
    /// Clock ticks from the boot to the process's start (proc(5), `/proc/pid/stat`, field 22).
    package let startTime: UInt64
    /// What the kernel calls the boot (`/proc/sys/kernel/random/boot_id`).
    package let bootID: String

    package init(processID: Int32, startTime: UInt64, bootID: String) {
        self.processID = processID
        self.startTime = startTime
        self.bootID = bootID
    }

    /// The process that has this number now; nil when there is none, or none that `/proc` shows.
    package init?(of processID: Int32) {
        guard let stat = ProcessTable.stat(of: processID), let boot = Self.currentBoot else { return nil }
        self.init(processID: processID, startTime: stat.startTime, bootID: boot)
    }

    /// Whether it was started since the machine was, so that its number can still mean anything.
    package var isOfThisBoot: Bool { bootID == Self.currentBoot }

    /// Whether it runs still; one that has ended and was not reaped does not.
    package var isAlive: Bool {
        guard isOfThisBoot, let stat = ProcessTable.stat(of: processID) else { return false }
        return stat.startTime == startTime && !stat.hasEnded
    }

    /// The name of this boot; nil where there is no `/proc`.
    package static let currentBoot: String? = ProcFolder.read("/proc/sys/kernel/random/boot_id")
        .map { String(decoding: $0.prefix { $0 > 0x20 }, as: UTF8.self) }
        .flatMap { $0.isEmpty ? nil : $0 }
}
