import ArtifactStore
import CollectStage
import HostFiles
import HostProcess
import JSONText
import LaunchStage
import PipelineCore
import ResolveStage
import Runtimes
import SandboxSpec

/// What kept the pipeline from doing its job: one line, and what to do about it.
package struct PipelineError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Names the spec's file and field, or the object, and the cause; control characters are escaped.
    package let message: String
    package let hint: String?

    package init(_ message: String, hint: String? = nil) {
        self.message = Printable.escaped(message)
        self.hint = hint.map(Printable.escaped)
    }

    package var description: String { message }

    /// Any error of the modules below; `source` is the spec's file, which its fields are in.
    package init(_ error: any Error, source: String) {
        func inSpec(_ field: String, _ message: String) -> String {
            [source, field, message].filter { !$0.isEmpty }.joined(separator: ": ")
        }
        switch error {
        case let error as PipelineError: self = error
        case let error as SpecError: self.init(inSpec(error), hint: error.hint)
        case let error as ResolveError: self.init(inSpec(error.field, error.message), hint: error.hint)
        case let error as MountProblem: self.init(inSpec(error.field, error.message), hint: error.hint)
        case let error as LaunchError: self.init(error.message, hint: error.hint)
        case let error as StoreError: self.init(error.message, hint: error.hint)
        default: self.init("\(error)")
        }
        func inSpec(_ error: SpecError) -> String {
            error.source.isEmpty ? inSpec(error.field, error.message) : error.description
        }
    }
}
