import TestSupport
import Testing

extension Tag {
    /// Needs launchers.
    @Tag static var large: Self
}

extension Trait where Self == ConditionTrait {
    /// Runs the suite where bubblewrap is, or has to be.
    static var needsBubblewrap: Self { .enabled(if: Requirements.has("bwrap"), "bubblewrap is not installed") }

    static var needsCompiler: Self {
        .enabled(if: Requirements.areRequired || Compiler.path != nil, "there is no C compiler")
    }

    static var needsPython: Self { .enabled(if: Requirements.has("python3"), "python3 is not installed") }

    /// Runs the suite where a FUSE file system can be mounted, or has to be: root needs bindfs and the kernel, and is to
    /// have both in CI; an ordinary user needs a system that lets one.
    static var needsFUSE: Self {
        .enabled(if: FUSELab.isPossible, "bindfs is not installed, or /dev/fuse is not there for this user")
    }
}
