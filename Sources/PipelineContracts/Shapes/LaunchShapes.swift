import JSONText

/// Shape of the launch record.
enum LaunchShapes {
    static let launch = JSONShape.artefact(
        "sbxpipe.launch/v1",
        [
            .always("exitCode", .integer(0...255), "What sbxpipe exits with: the command's, 124 to 127, 128+n."),
            .optional("signal", signal, "Signal that ended it, where the kernel said so."),
            .optional("signalLikely", signal, "Signal that probably ended it: the launcher tells it only as 128+n."),
            .always("survivors", survivors, "Processes that outlived the command and could not be ended."),
            .always(
                "reason",
                .words(LaunchRecord.Reason.self),
                "Why the run ended; failed: the command did not run, or a required output is missing."
            ),
            .optional("failure", failure, "Who failed and how; absent when the command exited with 0."),
            .optional("runtime", runtime, "What ran the command; absent when nothing was to."),
            .always(
                "argv",
                .list(of: .text),
                "The launcher, or without one the command, with its arguments; empty where they never were made."
            ),
            .always("started", .timestamp, "When the launch began."),
            .always("finished", .timestamp, "When it ended."),
            .always("wall", .seconds, "Seconds from the one to the other, by a monotonic clock."),
            .always("user", .seconds, "Seconds of processor time in user mode, launcher included."),
            .always("system", .seconds, "Seconds of processor time in the kernel, launcher included."),
            .always("maxRSS", .byteCount, "Bytes of the largest resident set among the processes."),
            .optional("plan", .digest, "The plan that was launched; absent when there was none."),
            .always("slots", .list(of: slot), "What the plan left open and what filled it here, sorted by name."),
            .always("enforcement", .list(of: MaterializeShapes.control), "The entries of the plan's enforcement.json."),
        ]
    )

    /// Realtime signals end at 64 (signal(7)).
    private static let signal = JSONShape.integer(1...64)

    private static let survivors = JSONShape.choice([
        .constant(0), .array(of: .integer(1...Int64(Int32.max)), minimum: 1), .constant("unknown"),
    ])

    private static let failure = JSONShape.members([
        .always("domain", .words(LaunchRecord.Failure.Domain.self), "Who failed; limit: a limit ended the command."),
        .always("message", .filledText, "What happened."),
        .optional("hint", .filledText, "What to do; absent where there is nothing to say."),
    ])

    private static let runtime = JSONShape.choice([
        .members([
            .always("name", .words(["bwrap", "runc", "crun", "runsc"]), "Name of the launcher."),
            .always("version", .filledText, "Its version."),
            .always("path", .insidePath, "The file that was executed."),
            .always("digest", .digest, "SHA-256 of the file."),
            platform,
        ]),
        .members([
            .always("name", .constant("direct"), "No launcher."),
            .always("version", .filledText, "Release of the kernel, as uname -r has it."),
            .optional(
                "path",
                .insidePath,
                "The program that was executed, of a script its interpreter; absent when there was none to execute."
            ),
            platform,
        ]),
    ])

    private static let platform = JSONField.always(
        "platform",
        .filledText,
        "What ran the command: linux or darwin for the host's own kernel, else gVisor's platform."
    )

    private static let slot = JSONShape.members([
        .always("name", .filledText, "Name of the slot, such as launcher, caller-home or store-cover."),
        .optional("value", .array(of: .text, minimum: 1), "What filled it; absent for a secret, secrets.NAME."),
    ])
}
