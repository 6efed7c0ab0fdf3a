package import JSONText

/// `direct.json`: the description bound to this host where the command is started without a launcher.
///
/// Nothing is mounted: what the spec wants shown lies already where it is to be seen, or is missing by the caller's word.
package struct DirectBinding: Sendable, Hashable {
    /// A place of the spec at which its source lies already.
    package struct Place: Sendable, Hashable {
        /// The field that asked for it: `mounts[2]`, `broker.socket`.
        package let field: String
        /// Absolute, `~` replaced by the home.
        package let at: String
        /// The real path that the place led to; launch refuses another.
        package let path: String

        package init(field: String, at: String, path: String) {
            self.field = field
            self.at = at
            self.path = path
        }
    }

    /// The folder of the host that the command starts in.
    package let workdir: String
    package let places: [Place]
    /// The real path of stdin's file.
    package let stdinFile: String?
    /// Where the description's secrets are read.
    package let secrets: [SecretBinding]

    package init(workdir: String, places: [Place], stdinFile: String?, secrets: [SecretBinding] = []) {
        self.workdir = workdir
        self.places = places
        self.stdinFile = stdinFile
        self.secrets = secrets
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        var places: [Place] = []
        for place in try json.array("places") {
            places.append(
                Place(
                    field: try place.string("field"),
                    at: try place.string("at"),
                    path: try place.string("path")
                )
            )
        }
        self.init(
            workdir: try json.string("workdir"),
            places: places,
            stdinFile: json["stdinFile"]?.stringValue,
            secrets: try [SecretBinding](in: json)
        )
    }

    package var json: JSONValue {
        .members([
            "schema": "sbxpipe.direct/v1",
            "workdir": .string(workdir),
            "places": .array(
                places.map { place in
                    ["field": .string(place.field), "at": .string(place.at), "path": .string(place.path)]
                }
            ),
            "stdinFile": stdinFile.map(JSONValue.string),
            "secrets": secrets.member,
        ])
    }
}
