import JSONText
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A locale of this machine that writes a decimal comma, if there is one.
private let commaLocale: String? = ["de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", "de_DE", "fr_FR"]
    .first { name in
        guard let locale = newlocale(LC_NUMERIC_MASK, name, nil) else { return false }
        freelocale(locale)
        return true
    }

@Suite("Numbers don't depend on the locale")
struct JSONLocaleTests {
    @Test(
        "a decimal point is one where the C library wants a comma",
        .enabled(if: commaLocale != nil, "no locale with a decimal comma is installed")
    )
    func decimalComma() throws {
        let locale = try #require(newlocale(LC_NUMERIC_MASK, commaLocale, nil))
        let previous = uselocale(locale)
        defer {
            uselocale(previous)
            freelocale(locale)
        }
        #expect(strtod("1,5", nil) == 1.5)
        let value = try parsed("[1.5, -2.25e3, 0.1]")
        #expect(value == [1.5, -2250.0, 0.1])
        #expect(value.canonicalText == "[1.5,-2250.0,0.1]")
        #expect(refusal("[1,5]") == nil)
        #expect(try parsed("[1,5]") == [1, 5])
        // The caller's locale is as it was.
        #expect(strtod("1,5", nil) == 1.5)
    }
}
