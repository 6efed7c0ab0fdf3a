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
}
