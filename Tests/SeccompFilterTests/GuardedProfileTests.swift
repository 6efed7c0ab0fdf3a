import SeccompFilter
import Testing

@Suite("A profile that is made to refuse user namespaces", .tags(.small))
struct GuardedProfileTests {
    private static let newUser: Int64 = 0x1000_0000
    private static let unset = SeccompCondition(0, .masked(mask: newUser, value: 0))

    private func guarded(_ action: SeccompAction, _ rules: [SeccompRule]) -> [SeccompRule]? {
        SeccompProfile(defaultAction: action, rules: rules).refusingUserNamespaces()?.rules
    }

    @Test("a list of what is allowed lets the calls through without the flag, and clone3 not at all")
    func allowList() {
        let rules = guarded(.errno(1), [SeccompRule(["read", "clone", "unshare", "clone3"], .allow)])
        #expect(
            rules == [
                SeccompRule(["read"], .allow), SeccompRule(["clone", "unshare"], .allow, [Self.unset]),
                SeccompRule(["clone3"], .errno(38)),
            ]
        )
    }

    @Test("a list of what is refused refuses these as well, and all that it did")
    func denyList() {
        let own = [SeccompRule(["mount", "unshare"], .killProcess), SeccompRule(["clone3"], .errno(1))]
        let set = SeccompCondition(0, .masked(mask: Self.newUser, value: Self.newUser))
        #expect(guarded(.allow, own) == own + [SeccompRule(["clone", "unshare"], .errno(1), [set])])
        #expect(guarded(.log, [])?.last == SeccompRule(["clone3"], .errno(38)))
    }

    @Test("what a rule says of the flags, or of other arguments, stands")
    func conditions() {
        func bounded(_ conditions: [SeccompCondition]) -> [[SeccompCondition]]? {
            guarded(.errno(1), [SeccompRule(["clone"], .allow, conditions)])?.map(\.conditions)
        }
        let other = SeccompCondition(1, .equal(0))
        #expect(bounded([other]) == [[other, Self.unset]])
        #expect(
            bounded([SeccompCondition(0, .masked(mask: 0x7E02_0000, value: 0))])
                == [[SeccompCondition(0, .masked(mask: 0x7E02_0000, value: 0))]]
        )
        #expect(
            bounded([SeccompCondition(0, .masked(mask: 0x100, value: 0x100))])
                == [[SeccompCondition(0, .masked(mask: Self.newUser | 0x100, value: 0x100))]]
        )
        #expect(bounded([SeccompCondition(0, .equal(17))]) == [[SeccompCondition(0, .equal(17))]])
        #expect(bounded([SeccompCondition(0, .equal(Self.newUser))]) == [])
        #expect(bounded([SeccompCondition(0, .masked(mask: Self.newUser, value: Self.newUser))]) == [])
        #expect(bounded([SeccompCondition(0, .less(5))]) == nil)
        #expect(bounded([SeccompCondition(0, .equal(1)), SeccompCondition(0, .equal(2))]) == nil)
    }
}
