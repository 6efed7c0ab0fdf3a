import ContentAddressing
import PipelineContracts
import SandboxPipeline

/// A row a stage: name, hit or ran, digest, milliseconds.
struct PlanTable {
    private let report: PlanReport
    private let console: Console

    init(_ report: PlanReport, _ console: Console) {
        self.report = report
        self.console = console
    }

    var text: String {
        var lines: [String] = []
        for stage in report.stages {
            let name = "\(stage.name.number) \(stage.name.rawValue)"
            let result = stage.cached ? colored("hit ", "32") : colored("ran ", "33")
            let time = milliseconds(stage.seconds)
            lines.append("\(padded(name, 15))\(result)  \(stage.receipt.digest)  \(time) ms")
        }
        lines.append("plan           \(report.name)  \(report.plan)")
        return lines.joined(separator: "\n") + "\n"
    }

    private func milliseconds(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10_000).rounded())
        let text = "\(tenths / 10).\(tenths % 10)"
        return String(repeating: " ", count: max(0, 7 - text.count)) + text
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private func colored(_ text: String, _ code: String) -> String {
        console.usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
