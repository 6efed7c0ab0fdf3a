import ArgumentParser

/// Flags that every command takes, as plain values.
struct GlobalFlags {
    enum Color: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

    var store: String?
    var json = false
    var quiet = false
    var verbose = false
    var color = Color.auto
}

/// Flags that every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The store; else SBXPIPE_STORE, the nearest one above, your own.", valueName: "dir"),
        completion: .directory
    )
    var store: String?

    @Flag(name: .long, help: "Print one JSON document on stdout, and all else on stderr.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    @Flag(name: .long, help: "Say more, as the id of a run; -v is short for it, but in run, where it is a volume.")
    var verbose = false

    @Option(name: .long, help: ArgumentHelp("Colour in tables.", valueName: "when"))
    var color: GlobalFlags.Color = .auto

    func flags(_ short: ShortVerbose? = nil) -> GlobalFlags {
        GlobalFlags(
            store: store,
            json: json,
            quiet: quiet,
            verbose: verbose || short?.isSet == true,
            color: color
        )
    }
}

/// `-v` for `--verbose`, in every command but run.
struct ShortVerbose: ParsableArguments {
    @Flag(name: .customShort("v"), help: .hidden)
    var isSet = false
}
