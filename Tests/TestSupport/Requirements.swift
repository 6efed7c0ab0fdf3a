import HostFiles

/// What of the machine a test needs; CI says SBXPIPE_REQUIRE_LAUNCHERS=1, and then a missing launcher fails instead of
/// skipping.
package enum Requirements {
    /// Whether missing things are failures.
    package static var areRequired: Bool { HostSystem.environment()["SBXPIPE_REQUIRE_LAUNCHERS"] == "1" }

    /// True when the test is to run: the launcher is there, or its absence is to show as a failure.
    package static func has(_ program: String) -> Bool {
        if areRequired { return true }
        return ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"].contains { folder in
            ((try? FileStatus.of("\(folder)/\(program)", following: true)) ?? nil)?.kind == .file
        }
    }

    /// Whether tests that go through every case, or for a minute, are to do so (SBXPIPE_LONG_TESTS=1).
    package static var areLong: Bool { HostSystem.environment()["SBXPIPE_LONG_TESTS"] == "1" }

    package static var isRoot: Bool { HostIdentity.current().isRoot }

    /// Ids to run a test as: root where the test is root, and always an ordinary user (nil: as we are).
    package static var users: [UInt32?] { isRoot ? [nil, 4321] : [nil] }
}
