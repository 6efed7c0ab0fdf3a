import PipelineContracts
import ArgumentParser
import HostFiles
import HostProcess
import JSONText
import SandboxPipeline

/// `sbxpipe why`.
struct WhyCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        _superCommandName: "sbxpipe",
        abstract: "Say for each stage whether it would hit, and if not, what changed.",
        discussion: """
            A spec is compared with the newest plan of its name, a plan or run with itself. Exits 1 when a stage before \
            the launch would have to run.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var shortVerbose: ShortVerbose

    @Option(name: .long, help: "As for plan.")
    var runtime: String?

    @Option(name: .long, help: ArgumentHelp("Set a field of the spec; repeatable.", valueName: "path=value"))
    var set: [String] = []

    @Option(name: .long, help: ArgumentHelp("As for plan; repeatable.", valueName: "control"))
    var allowDegraded: [String] = []

    @Argument(help: ArgumentHelp("A spec, plan or run; sandbox.json here unless named.", valueName: "ref"))
    var ref: String = "sandbox.json"

    var job: WhyJob {
        var planning = PlanningFlags()
        planning.runtime = runtime
        planning.set = set
        planning.allowDegraded = allowDegraded
        return WhyJob(global: global.flags(shortVerbose), planning: planning, ref: ref)
    }
}

/// What `sbxpipe why` was asked to do.
struct WhyJob: ToolJob {
    var global = GlobalFlags()
    var planning = PlanningFlags()
    var ref: String

    func perform(_ console: Console) throws -> Int32 {
        let context = try PipelineContext(storeNamed: global.store)
        for note in context.notes { console.note(note) }
        let (source, plan) = try PlanTarget(context, planning, console).explained(ref)
        let options = planning.planOptions(console)
        let explanation = try Explanation(source, comparedWith: plan, context, options)
        ProgressLine.clear()
        if console.isJSON { console.write(explanation.json) } else { console.write(text(explanation)) }
        return explanation.isHit ? 0 : 1
    }

    private func text(_ explanation: Explanation) -> String {
        var lines: [String] = []
        for stage in explanation.stages {
            let name = "\(stage.stage.number) \(stage.stage.rawValue)".padded(15)
            let verdict = stage.isHit ? "hit " : stage.stage == .launch ? "runs" : "miss"
            var reasons = stage.changes.map { change in
                "\(change.component): \(shown(change.old)) -> \(shown(change.new))"
            }
            if !stage.follows.isEmpty {
                reasons.append("follows \(stage.follows.map(\.rawValue).joined(separator: ", "))")
            }
            if let reason = stage.reason { reasons.append(reason) }
            lines.append("\(name)\(verdict)" + (reasons.first.map { "  " + $0 } ?? ""))
            for reason in reasons.dropFirst() { lines.append(String(repeating: " ", count: 21) + reason) }
        }
        if let plan = explanation.comparedWith, explanation.stages.contains(where: { !$0.changes.isEmpty }) {
            lines.append("compared with plan \(explanation.name)  \(plan)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func shown(_ value: JSONValue?) -> String {
        guard let value else { return "(unset)" }
        return Printable.escaped(String(decoding: value.canonical(), as: UTF8.self))
    }
}
