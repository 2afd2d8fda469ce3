namespace Remediator.Core.Tests;

/// <summary>Patterns, values, and whether Alertmanager takes the value for one that the pattern matches.</summary>
public static class Re2Cases
{
    public static TheoryData<string, string, bool> All { get; } = new()
    {
        // whole values
        { "api", "api", true }, { "api", "api-1", false }, { "api", "my-api", false }, { "", "", true }, { "", "x", false },
        { "a|b", "b", true }, { "a|b", "ab", false }, { "a|", "", true },
        // POSIX classes
        { "[[:alnum:]]+", "aZ9", true }, { "[[:alnum:]]+", "a_b", false }, { "[[:alpha:]_-]+", "a_b-", true },
        { "[[:^digit:]]+", "abc", true },
        { "[[:^digit:]]+", "ab1", false }, { "[^[:space:]]+", "ab", true }, { "[^[:space:]]+", "a b", false },
        { "[[:word:]]+", "a_1", true },
        { "[[:punct:]]", "~", true }, { "[[:punct:]]", "é", false }, { "[[:xdigit:]]{2}", "fF", true }, { "[[:blank:]]", "\t", true },
        { "[[:space:]]", "\v", true }, { "[[:upper:][:digit:]]+", "A1", true }, { "[[:ascii:]]+", "é", false },
        { "[[:cntrl:]]", "\u007f", true },
        { "[[:graph:]]", " ", false }, { "[[:print:]]", " ", true }, { "[[:lower:]]", "ä", false }, { "[[:]]", ":]", true },
        { "[[:a]", ":", true },
        // Perl classes are ASCII's
        { @"\d", "5", true }, { @"\d", "٣", false }, { @"\w+", "az_09", true }, { @"\w", "é", false }, { @"\s", "\v", false },
        { @"\s", "\f", true },
        { @"\s", "\u00a0", false }, { @"\D", "٣", true }, { @"\W", "é", true }, { @"[\d\s]+", "1 2", true }, { @"[^\d]", "x", true },
        { @"[^\D]", "x", false },
        { @"\S+", "aé", true },
        // groups and flags
        { "(?P<name>api)-1", "api-1", true }, { "(?:api)", "api", true }, { "(?i)API", "api", true }, { "(?i:A)pi", "api", true },
        { "(?i:A)PI", "api", false },
        { "a(?i)B", "ab", true }, { "(a(?i)b)C", "aBC", true }, { "(a(?i)b)C", "aBc", false }, { "(?i)a(?-i)B", "AB", true },
        { "(?i)a(?-i)B", "Ab", false },
        { "(?i)a|b", "B", true }, { "a.b", "a\nb", false }, { "(?s)a.b", "a\nb", true }, { "(?s:.)", "\n", true },
        { "(?i-s:A.)", "a\n", false },
        { "(?U)a+", "aaa", true }, { "(?m)a$", "a", true }, { "(?m)a$", "a\nb", false }, { "(?ms)a$.^b", "a\nb", true },
        { "(?s)a$.b", "a\nb", false },
        { "a+?b*?c??", "aab", true },
        // case: Unicode's simple folding
        { "(?i)straße", "STRAßE", true }, { "(?i)k", "\u212a", true }, { "(?i)[k]", "\u212a", true }, { "(?i)s", "\u017f", true },
        { "(?i)σ", "ς", true },
        { "(?i)É", "é", true }, { "(?i)[^k]", "K", false }, { "(?i)i", "ı", false }, { "(?i)I", "İ", false }, { "(?i)[a-c]+", "AbC", true },
        { @"(?i)\w", "\u212a", true },
        { @"(?i)\p{Lu}", "a", true }, { "(?i)[[:upper:]]", "a", true },
        // categories
        { @"\pN", "٣", true }, { @"\pN", "a", false }, { @"\PN", "a", true }, { @"\p{Lu}", "É", true }, { @"\p{^Lu}", "É", false },
        { @"[\pL\d]+", "é1", true },
        { @"\pL+", "支付", true }, { @"\p{Any}", "\n", true }, { @"\P{^L}", "x", true }, { @"[^\pL]", "1", true },
        { @"\p{Zs}", "\u00a0", true }, { @"\p{Nd}", "½", false },
        // places
        { @"\Aapi\z", "api", true }, { "^api$", "api", true }, { @"a\b-b", "a-b", true }, { @"a\bb", "ab", false }, { @"é\b", "é", false },
        { @"é\B", "é", true },
        { @"a\b", "a", true }, { @"\ba\B.", "ab", true }, { "^*a", "a", true }, { "(?:^a)+", "a", true }, { "a^b", "ab", false },
        // escapes
        { @"\Q.*\E", ".*", true }, { @"\Q.*\E", "ab", false }, { @"\Qa.b\E+", "a.bbb", true }, { @"a\Q\E", "a", true },
        { @"\x41", "A", true }, { @"\x{1F600}", "😀", true },
        { @"\x{10FFFF}", "\U0010FFFF", true }, { @"\101", "A", true }, { @"\07", "\a", true }, { @"\a\f\t\n\r\v", "\a\f\t\n\r\v", true },
        { @"\.", ".", true },
        { @"\-\_\/\ ", "-_/ ", true }, { @"[\x{41}-\x43]+", "ABC", true }, { @"[\]\-\\]+", "]-\\", true }, { @"\012", "\n", true },
        // classes
        { "[]a]+", "]a", true }, { "[^]a]", "b", true }, { "[a-]+", "-a", true }, { "[a-c-e]+", "b-e", true }, { "[^a]", "\n", true },
        { "[.+*?]", "?", true }, { "[a-c^]", "^", true },
        { "[😀-😂]", "😁", true }, { ".", "😀", true }, { "..", "😀", false }, { "[^a]", "😀", true },
        // counts, and braces that are none
        { "a{2}", "aa", true }, { "a{2}", "aaa", false }, { "a{2,}", "aaaa", true }, { "a{0,2}", "aaa", false }, { "a{,2}", "a{,2}", true },
        { "a{", "a{", true },
        { "{a}", "{a}", true }, { "a{x}", "a{x}", true }, { "a{0}", "", true }, { "(ab){2,3}", "ababab", true },
        { "(ab){2,3}", "ab", false }, { "(?:a{2}){3}", "aaaaaa", true },
        { "a]b}", "a]b}", true }, { "(a|b)*c", "abbac", true }, { "()", "", true }, { "(|a)+", "aa", true },
    };
}
