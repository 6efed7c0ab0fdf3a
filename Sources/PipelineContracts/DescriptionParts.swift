package import ContentAddressing
package import JSONText

/// Where the command's standard input comes from.
package enum StandardInput: Sendable, Hashable {
    case null, inherit
    /// A file as declared, and the digest of what it held at plan time.
    case file(String, Digest)
    case text(String)

    package init(_ json: JSONValue) throws(JSONShapeError) {
        if let word = json.stringValue {
            self = word == "inherit" ? .inherit : .null
        } else if let text = json["text"]?.stringValue {
            self = .text(text)
        } else {
            self = .file(try json.string("file"), try json.digest("digest"))
        }
    }

    package var json: JSONValue {
        switch self {
        case .null: "null"
        case .inherit: "inherit"
        case .text(let text): ["text": .string(text)]
        case .file(let file, let digest): ["file": .string(file), "digest": .string(digest.description)]
        }
    }
}

/// The ids inside and how they are mapped; nil ids stand for the caller's.
package struct UserMapping: Sendable, Hashable {
    package let user: UInt32?
    package let group: UInt32?
    /// `single`, `subids` or `none`.
    package let map: String

    package init(user: UInt32?, group: UInt32?, map: String) {
        self.user = user
        self.group = group
        self.map = map
    }

    /// Whether id 0 is the caller and the others are its subordinate ones.
    package var hasSubordinateIDs: Bool { map == "subids" }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        user = json["uid"]?.integerValue.flatMap(UInt32.init(exactly:))
        group = json["gid"]?.integerValue.flatMap(UInt32.init(exactly:))
        map = try json.string("map")
    }

    package var json: JSONValue {
        .members([
            "uid": user.map { .integer(Int64($0)) }, "gid": group.map { .integer(Int64($0)) }, "map": .string(map),
        ])
    }
}

/// How the command's output is captured.
package struct CaptureRule: Sendable, Hashable {
    package enum Mode: String, Sendable, Hashable, CaseIterable { case separate, combined, none }

    package let mode: Mode
    /// Bytes a stream that are kept; past it head and tail.
    package let limit: Int64

    package init(mode: Mode, limit: Int64) {
        self.mode = mode
        self.limit = limit
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        guard let mode = Mode(rawValue: try json.string("mode")) else {
            throw JSONShapeError(path: "mode", message: "is unknown")
        }
        self.mode = mode
        limit = try json.integer("limit")
    }

    package var json: JSONValue { ["mode": .string(mode.rawValue), "limit": .integer(limit)] }
}

/// A path or glob inside that is collected after the command.
package struct OutputRule: Sendable, Hashable {
    package let path: String
    package let required: Bool

    package init(path: String, required: Bool) {
        self.path = path
        self.required = required
    }

    package init(_ json: JSONValue) throws(JSONShapeError) {
        path = try json.string("path")
        required = try json.boolean("required")
    }

    package var json: JSONValue { ["path": .string(path), "required": .bool(required)] }
}

extension SandboxDescription.Devices {
    package init(_ json: JSONValue) throws(JSONShapeError) {
        switch json["devices"]?.stringValue {
        case "minimal": self = .minimal
        case "host": self = .host
        default: self = .paths(try json.strings("devices"))
        }
    }

    package var json: JSONValue {
        switch self {
        case .minimal: "minimal"
        case .host: "host"
        case .paths(let paths): .strings(paths)
        }
    }
}
