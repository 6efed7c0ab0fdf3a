import HostFiles
import HostProcess
import JSONText
import TestSupport
import Testing

@Suite("Modules", .tags(.medium))
struct ModuleRules {
    @Test("the allowed edges make no ring, and the table has every module of Sources")
    func tableIsSound() throws {
        #expect(ModuleGraph.order() != nil)
        for (module, edges) in ModuleGraph.edges {
            for edge in edges { #expect(ModuleGraph.edges[edge] != nil, "\(module) -> \(edge)") }
        }
        let found = Set(try Repository.files(below: "Sources", ending: [".swift", ".c", ".modulemap"]).map(\.module))
        #expect(found == Set(ModuleGraph.edges.keys))
    }

    @Test("no stage knows another")
    func stagesAreApart() {
        for stage in ModuleGraph.stages {
            let known = ModuleGraph.edges[stage] ?? []
            #expect(known.isDisjoint(with: ModuleGraph.stages), "\(stage) knows \(known.sorted())")
        }
    }

    @Test("every import of an own module is an allowed edge")
    func importsAreEdges() throws {
        for file in try Repository.files(below: "Sources") {
            let allowed = ModuleGraph.edges[file.module] ?? []
            for name in file.imports where ModuleGraph.edges[name] != nil {
                #expect(allowed.contains(name), "\(file.path) imports \(name)")
            }
        }
    }

    @Test("Foundation and Dispatch are nowhere, libc and other packages only where they belong")
    func importsFromOutside() throws {
        for file in try Repository.files(below: "Sources") {
            for name in Set(file.imports) where ModuleGraph.edges[name] == nil {
                if ModuleGraph.systemLibraries.contains(name) {
                    // The one other use: ending the tool with its code.
                    let isExit = file.path == "Sources/SbxpipeCommands/CommandRunner.swift"
                    #expect(ModuleGraph.systemImporters.contains(file.module) || isExit, "\(file.path) imports \(name)")
                    if isExit { #expect(file.lines.contains { $0.hasSuffix("import func \(name).exit") }) }
                } else {
                    let allowed = ModuleGraph.outside[name] ?? []
                    #expect(allowed.contains(file.module), "\(file.path) imports \(name)")
                }
            }
        }
    }

    @Test("tests don't import Foundation or Dispatch either")
    func testImports() throws {
        for file in try Repository.files(below: "Tests") {
            let forbidden = ["Foundation", "FoundationEssentials", "Dispatch"].filter(file.imports.contains)
            #expect(forbidden.isEmpty, "\(file.path) imports \(forbidden)")
        }
    }

    @Test("Package.swift declares no edge that the table does not allow")
    func declaredEdges() throws {
        let environment = HostSystem.environment()
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let swift = folders.map { $0 + "/swift" }.first { FileMode.mayExecute($0) }
        guard let swift else {
            Issue.record("there is no swift on PATH to read Package.swift with")
            return
        }
        // A scratch folder of its own: with that of the running `swift test` it would wait for ever.
        let scratch = try TemporaryFolder("dump")
        let run = try Program.run(
            [swift, "package", "dump-package", "--scratch-path", scratch("scratch")],
            in: Repository.root,
            environment: environment
        )
        try #require(run.code == 0, "\(run)")
        let targets = try run.json().array("targets")
        var declared: Set<String> = []
        for target in targets where target["type"]?.stringValue != "test" {
            let name = try target.string("name")
            if name == "TestSupport" { continue }
            if ModuleGraph.besides[name] == nil { declared.insert(name) }
            for dependency in try target.array("dependencies") {
                let named = dependency["byName"] ?? dependency["target"]
                if let own = named?.arrayValue?.first?.stringValue {
                    let allowed = (ModuleGraph.edges[name] ?? ModuleGraph.besides[name])?.contains(own) == true
                    // Package.swift gives every stage the same list; what a file imports is checked above.
                    #expect(allowed, "Package.swift: \(name) -> \(own)")
                } else if let product = dependency["product"]?.arrayValue?.first?.stringValue {
                    let users = (ModuleGraph.outside[product] ?? []).union(product == "Crypto" ? ["ArtifactStore"] : [])
                    #expect(users.contains(name), "Package.swift: \(name) -> \(product)")
                }
            }
        }
        #expect(declared == Set(ModuleGraph.edges.keys))
    }
}
