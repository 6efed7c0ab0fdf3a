internal import CHostShims

/// A limit of setrlimit(2), by its name in lower case without `RLIMIT_`, as `nofile`.
package struct ProcessLimit: Sendable, Hashable {
    package let name: String
    private let number: Int32

    /// Nil for a name that this system has no limit of.
    package init?(_ name: String) {
        let number = unsafe name.withCString { unsafe sbx_limit_number($0) }
        guard number >= 0 else { return nil }
        self.name = name
        self.number = number
    }

    /// What the caller's own may be raised to; -1 is no bound, nil when the kernel does not tell.
    package var hard: Int64? {
        var values: (soft: Int64, hard: Int64) = (0, 0)
        return unsafe sbx_limit_get(number, &values.soft, &values.hard) == 0 ? values.hard : nil
    }

    /// Sets both values, -1 for none, of another process of the caller's (prlimit(2)).
    ///
    /// - Throws: ``ProcessError``; without CAP_SYS_RESOURCE a hard limit can't be raised.
    package func set(of process: Int32, soft: Int64, hard: Int64) throws(ProcessError) {
        _ = try checked("set limit \(name)", sbx_limit_set(process, number, soft, hard))
    }
}
