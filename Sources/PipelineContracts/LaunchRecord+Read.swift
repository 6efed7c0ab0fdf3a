import ContentAddressing
package import JSONText

extension LaunchRecord {
    /// Reads `result.json`.
    package init(_ json: JSONValue) throws(JSONShapeError) {
        self.init(started: try json.string("started"), finished: try json.string("finished"))
        exitCode = Int32(truncatingIfNeeded: try json.integer("exitCode"))
        signal = json["signal"]?.integerValue.map { Int32(truncatingIfNeeded: $0) }
        signalLikely = json["signalLikely"]?.integerValue.map { Int32(truncatingIfNeeded: $0) }
        if let processes = json["survivors"]?.arrayValue {
            survivors = .processes(processes.compactMap(\.integerValue).map { Int32(truncatingIfNeeded: $0) })
        } else if json["survivors"]?.stringValue != nil {
            survivors = .unknown
        }
        guard let reason = Reason(rawValue: try json.string("reason")) else {
            throw JSONShapeError(path: "reason", message: "is unknown")
        }
        self.reason = reason
        if let failure = json["failure"] { self.failure = try Failure(failure) }
        if let runtime = json["runtime"] { self.runtime = try Runtime(runtime) }
        argv = try json.strings("argv")
        wall = try Self.seconds(json, "wall")
        user = try Self.seconds(json, "user")
        system = try Self.seconds(json, "system")
        maxRSS = try json.integer("maxRSS")
        plan = try json.optionalDigest("plan")
        for slot in try json.array("slots") { slots[try slot.string("name")] = try slot.required("value") }
        for entry in try json.array("enforcement") { enforcement.append(try Enforcement.Entry(entry)) }
    }

    private static func seconds(_ json: JSONValue, _ key: String) throws(JSONShapeError) -> Double {
        guard let value = try json.required(key).numberValue else {
            throw JSONShapeError(path: key, message: "expected a number")
        }
        return value
    }
}

extension LaunchRecord.Failure {
    fileprivate init(_ json: JSONValue) throws(JSONShapeError) {
        guard let domain = Domain(rawValue: try json.string("domain")) else {
            throw JSONShapeError(path: "failure.domain", message: "is unknown")
        }
        self.init(domain: domain, message: try json.string("message"), hint: json["hint"]?.stringValue)
    }
}

extension LaunchRecord.Runtime {
    fileprivate init(_ json: JSONValue) throws(JSONShapeError) {
        let (name, version) = (try json.string("name"), try json.string("version"))
        guard name != "direct" else {
            self = .direct(kernel: version, path: json["path"]?.stringValue)
            return
        }
        let platform = try json.string("platform")
        self = .launcher(
            name: name,
            version: version,
            path: try json.string("path"),
            digest: try json.digest("digest"),
            platform: platform == "linux" || platform == "darwin" ? nil : platform
        )
    }
}
