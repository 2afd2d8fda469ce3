using System.Globalization;
using System.Text;

namespace Remediator.Core.Re2;

/// <summary>A set of code points: the union of its parts, or everything else.</summary>
internal sealed record RuneSet(IReadOnlyList<RuneSet.Part> Parts, bool IsNegated = false)
{
    /// <summary>What <c>.</c> matches unless the flag <c>s</c> is set.</summary>
    public static RuneSet NoLineEnd { get; } = new([Part.Of([('\n', '\n')])], IsNegated: true);

    public static RuneSet Any { get; } = new([], IsNegated: true);

    public static RuneSet Of(int rune, bool folds) => new([Part.Of([(rune, rune)], folds)]);

    public bool Contains(int rune)
    {
        foreach (var part in Parts)
        {
            if (part.Contains(rune))
                return !IsNegated;
        }

        return IsNegated;
    }

    /// <param name="IsIn">Of one code point.</param>
    /// <param name="Folds">A code point is in it too where one that differs by its case alone is.</param>
    internal sealed record Part(Func<int, bool> IsIn, bool IsNegated, bool Folds)
    {
        public static Part Of(IReadOnlyList<(int First, int Last)> ranges, bool folds = false, bool isNegated = false) =>
            new(rune => ranges.Any(r => r.First <= rune && rune <= r.Last), isNegated, folds);

        /// <param name="name">Of general categories: <c>N</c>, <c>Lu</c>, <c>Any</c>.</param>
        /// <exception cref="FormatException">There is no such category, or it is a script.</exception>
        public static Part OfCategory(string name, bool folds, bool isNegated)
        {
            if (name == "Any")
                return new(_ => true, isNegated, folds);
            var categories = Categories.Where(c => c.Key.StartsWith(name, StringComparison.Ordinal)).Select(c => c.Value).ToHashSet();
            return name.Length is 1 or 2 && categories.Count > 0
                ? new(rune => categories.Contains(CharUnicodeInfo.GetUnicodeCategory(rune)), isNegated, folds)
                : throw new FormatException(
                    $"it asks for the characters of '{name}', and general categories such as L or Nd are all that is known here");
        }

        public bool Contains(int rune) => (Folds ? CaseFolding.Of(rune).Any(IsIn) : IsIn(rune)) != IsNegated;

        /// <summary>Without those that are not assigned, which Go's have not.</summary>
        private static readonly Dictionary<string, UnicodeCategory> Categories = new(StringComparer.Ordinal)
        {
            ["Lu"] = UnicodeCategory.UppercaseLetter, ["Ll"] = UnicodeCategory.LowercaseLetter, ["Lt"] = UnicodeCategory.TitlecaseLetter,
            ["Lm"] = UnicodeCategory.ModifierLetter, ["Lo"] = UnicodeCategory.OtherLetter, ["Mn"] = UnicodeCategory.NonSpacingMark,
            ["Mc"] = UnicodeCategory.SpacingCombiningMark, ["Me"] = UnicodeCategory.EnclosingMark,
            ["Nd"] = UnicodeCategory.DecimalDigitNumber,
            ["Nl"] = UnicodeCategory.LetterNumber, ["No"] = UnicodeCategory.OtherNumber, ["Pc"] = UnicodeCategory.ConnectorPunctuation,
            ["Pd"] = UnicodeCategory.DashPunctuation, ["Ps"] = UnicodeCategory.OpenPunctuation, ["Pe"] = UnicodeCategory.ClosePunctuation,
            ["Pi"] = UnicodeCategory.InitialQuotePunctuation, ["Pf"] = UnicodeCategory.FinalQuotePunctuation,
            ["Po"] = UnicodeCategory.OtherPunctuation,
            ["Sm"] = UnicodeCategory.MathSymbol, ["Sc"] = UnicodeCategory.CurrencySymbol, ["Sk"] = UnicodeCategory.ModifierSymbol,
            ["So"] = UnicodeCategory.OtherSymbol, ["Zs"] = UnicodeCategory.SpaceSeparator, ["Zl"] = UnicodeCategory.LineSeparator,
            ["Zp"] = UnicodeCategory.ParagraphSeparator, ["Cc"] = UnicodeCategory.Control, ["Cf"] = UnicodeCategory.Format,
            ["Cs"] = UnicodeCategory.Surrogate, ["Co"] = UnicodeCategory.PrivateUse,
        };
    }
}

/// <summary>Code points that differ by their case alone, as Unicode's simple folding has them.</summary>
internal static class CaseFolding
{
    /// <summary>Those of more than two; source: Unicode's CaseFolding.txt, as Go's <c>unicode.SimpleFold</c> walks it.</summary>
    private static readonly Dictionary<int, int[]> Orbits = new[]
    {
        "Kk\u212A", "Ss\u017F", "\u00C5\u00E5\u212B", "\u00B5\u039C\u03BC", "\u00DF\u1E9E", "\u01C4\u01C5\u01C6", "\u01C7\u01C8\u01C9",
        "\u01CA\u01CB\u01CC",
        "\u01F1\u01F2\u01F3", "\u0345\u0399\u03B9\u1FBE", "\u0392\u03B2\u03D0", "\u0395\u03B5\u03F5", "\u0398\u03B8\u03D1\u03F4",
        "\u039A\u03BA\u03F0",
        "\u03A0\u03C0\u03D6", "\u03A1\u03C1\u03F1", "\u03A3\u03C2\u03C3", "\u03A6\u03C6\u03D5", "\u03A9\u03C9\u2126", "\u0412\u0432\u1C80",
        "\u0414\u0434\u1C81",
        "\u041E\u043E\u1C82", "\u0421\u0441\u1C83", "\u0422\u0442\u1C84\u1C85", "\u042A\u044A\u1C86", "\u0462\u0463\u1C87",
        "\u1E60\u1E61\u1E9B",
        "\uA64A\uA64B\u1C88",
    }.SelectMany(orbit => orbit.Select(c => (Rune: (int)c, Orbit: orbit.Select(o => (int)o).ToArray())))
        .ToDictionary(o => o.Rune, o => o.Orbit);

    public static int[] Of(int rune)
    {
        if (Orbits.TryGetValue(rune, out var orbit))
            return orbit;
        return Rune.IsValid(rune) ? [rune, Rune.ToUpperInvariant(new(rune)).Value, Rune.ToLowerInvariant(new(rune)).Value] : [rune];
    }
}
