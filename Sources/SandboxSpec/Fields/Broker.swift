import JSONText

extension Spec {
    /// A broker's socket and shim, bound inside at their own paths and named by two variables.
    package struct Broker: Sendable, Hashable {
        /// The longest path of a socket: `sun_path` of unix(7) has 108 bytes, a NUL among them.
        package static let maximumSocketLength = 107
        /// The variable for the socket when none is said.
        package static let standardSocketVariable = "MPROXY_BROKER_SOCK"
        /// The variable for the shim when none is said.
        package static let standardShimVariable = "MPROXY_SHIM_PATH"

        /// On the host: absolute, with `~`, or relative to the spec's folder; its length counts once that is resolved.
        package var socket: String
        /// In the same way.
        package var shim: String
        /// Nil stands for `standardSocketVariable`.
        package var socketVariable: String?
        /// Nil stands for `standardShimVariable`.
        package var shimVariable: String?

        /// By default the variables have their standard names.
        package init(socket: String, shim: String, socketVariable: String? = nil, shimVariable: String? = nil) {
            self.socket = socket
            self.shim = shim
            self.socketVariable = socketVariable
            self.shimVariable = shimVariable
        }

        /// The names of the two variables, said or standard.
        package var variables: (socket: String, shim: String) {
            (socketVariable ?? Self.standardSocketVariable, shimVariable ?? Self.standardShimVariable)
        }

        init?(_ json: JSONValue) {
            guard let socket = json["socket"]?.stringValue, let shim = json["shim"]?.stringValue else { return nil }
            self.init(
                socket: socket,
                shim: shim,
                socketVariable: json["socketVariable"]?.stringValue,
                shimVariable: json["shimVariable"]?.stringValue
            )
        }

        var json: JSONValue {
            .object(
                JSONValue.said([
                    "socket": .string(socket),
                    "shim": .string(shim),
                    "socketVariable": socketVariable.map(JSONValue.string),
                    "shimVariable": shimVariable.map(JSONValue.string),
                ])
            )
        }
    }
}
