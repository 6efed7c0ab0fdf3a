/// How to plan: flags that are not part of the spec.
package struct PlanOptions: Sendable {
    /// False runs every stage anew.
    package var usesCache = true
    /// A stage that would have to run is an error.
    package var failsOnMiss = false
    /// Controls that may be missing, by name.
    package var allowDegraded: [String] = []
    /// Told before each step that may take time.
    package var progress: @Sendable (String) -> Void = { _ in }

    package init() {}
}
