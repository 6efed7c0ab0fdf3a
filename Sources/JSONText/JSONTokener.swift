import CJSONC

/// The only caller of json-c: bytes in, a Swift value out, and no `json_object` outlives the call.
enum JSONTokener {
    /// Parses a document that `JSONScanner` has passed.
    ///
    /// - Returns: The value, and how many members all of its objects have together.
    static func parse(
        _ bytes: [UInt8],
        maximumDepth: Int
    ) throws(JSONSyntaxError) -> (value: JSONValue, memberCount: Int) {
        guard let length = Int32(exactly: bytes.count) else {
            throw JSONSyntaxError("a document of more than 2147483647 bytes", at: 0, in: bytes)
        }
        // json-c counts a scalar as a level of its own, and keeps the last level free.
        guard let tokener = unsafe json_tokener_new_ex(Int32(clamping: maximumDepth + 2)) else {
            throw JSONSyntaxError("out of memory", at: 0, in: bytes)
        }
        defer { unsafe json_tokener_free(tokener) }
        unsafe json_tokener_set_flags(tokener, JSON_TOKENER_STRICT)
        var root = unsafe bytes.withUnsafeBytes { buffer in
            unsafe json_tokener_parse_ex(tokener, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), length)
        }
        if unsafe json_tokener_get_error(tokener) == json_tokener_continue {
            // A number may always go on: the NUL says that this one does not.
            unsafe root = json_tokener_parse_ex(tokener, "", 1)
        }
        defer { unsafe _ = json_object_put(root) }
        let error = unsafe json_tokener_get_error(tokener)
        guard error == json_tokener_success else {
            let message = unsafe String(cString: json_tokener_error_desc(error))
            throw unsafe JSONSyntaxError(message, at: json_tokener_get_parse_end(tokener), in: bytes)
        }
        var memberCount = 0
        let value = unsafe converted(root, memberCount: &memberCount)
        return (value, memberCount)
    }

    /// Copies a tree of json-c, which is borrowed for the call; its null is a null pointer.
    private static func converted(_ node: OpaquePointer?, memberCount: inout Int) -> JSONValue {
        switch unsafe json_object_get_type(node) {
        case json_type_boolean:
            return unsafe .bool(json_object_get_boolean(node) != 0)
        case json_type_int:
            return unsafe .integer(json_object_get_int64(node))
        case json_type_double:
            return unsafe .number(json_object_get_double(node))
        case json_type_string:
            let count = unsafe Int(json_object_get_string_len(node))
            return unsafe .string(string(json_object_get_string(node), count: count))
        case json_type_array:
            let count = unsafe json_object_array_length(node)
            var items: [JSONValue] = []
            items.reserveCapacity(count)
            for index in 0..<count {
                unsafe items.append(converted(json_object_array_get_idx(node, index), memberCount: &memberCount))
            }
            return .array(items)
        case json_type_object:
            return unsafe .object(members(of: node, memberCount: &memberCount))
        default:
            return .null
        }
    }

    private static func members(of node: OpaquePointer?, memberCount: inout Int) -> [String: JSONValue] {
        var members = unsafe [String: JSONValue](minimumCapacity: Int(json_object_object_length(node)))
        var iterator = unsafe json_object_iter_begin(node)
        var end = unsafe json_object_iter_end(node)
        while unsafe json_object_iter_equal(&iterator, &end) == 0 {
            if let name = unsafe json_object_iter_peek_name(&iterator) {
                let child = unsafe json_object_iter_peek_value(&iterator)
                unsafe members[String(cString: name)] = converted(child, memberCount: &memberCount)
            }
            unsafe json_object_iter_next(&iterator)
        }
        memberCount += members.count
        return members
    }

    private static func string(_ start: UnsafePointer<CChar>?, count: Int) -> String {
        unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), as: UTF8.self)
    }
}
