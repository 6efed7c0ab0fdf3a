/// Turns the result of a function of CHostShims, a negative errno on failure, into a value or an error.
@inline(__always)
func checked(_ operation: @autoclosure () -> String, _ result: Int32) throws(ProcessError) -> Int32 {
    if result >= 0 { return result }
    throw ProcessError(operation(), errno: -result)
}
