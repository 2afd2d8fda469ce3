namespace Remediator.Core.Re2;

/// <summary>Classes of characters: in brackets, or by a letter after a backslash.</summary>
/// <param name="folds">Whether upper and lower case are the same.</param>
internal readonly struct Re2Classes(Re2Text text, bool folds)
{
    /// <summary>After the opening bracket.</summary>
    public RuneSet Bracketed()
    {
        var isNegated = text.Take('^');
        var parts = new List<RuneSet.Part>();
        for (var first = true; first || !text.Take(']'); first = false)
        {
            if (text.IsAtEnd)
                throw text.Fault("a '[' has no ']'");
            parts.Add(Posix() ?? NamedInBrackets() ?? Range());
        }

        return new(parts, isNegated);
    }

    /// <summary>By its letter, after the backslash.</summary>
    /// <returns>Null where none is named.</returns>
    public RuneSet.Part? Named()
    {
        if (text.TakeOne("dDsSwW") is { } perl)
            return RuneSet.Part.Of(NamedClasses.Perl[char.ToLowerInvariant((char)perl)], folds, char.IsAsciiLetterUpper((char)perl));
        if (text.TakeOne("pP") is not { } unicode)
            return null;

        var name = Category();
        var isNegated = name.StartsWith('^');
        return RuneSet.Part.OfCategory(isNegated ? name[1..] : name, folds, (unicode == 'P') != isNegated);
    }

    private string Category() => text.Take('{')
        ? text.TakeUntil('}') ?? throw text.Fault("the name of a category does not end")
        : text.TakeMany(1) ?? throw text.Fault("a category has no name");

    private RuneSet.Part Range()
    {
        var first = One();
        if (text.Peek() != '-' || text.Peek(1) is ']' or < 0)
            return RuneSet.Part.Of([(first, first)], folds);
        text.Next();
        var last = One();
        return first <= last ? RuneSet.Part.Of([(first, last)], folds) : throw text.Fault("a range of characters ends before it begins");
    }

    private int One() => text.IsAtEnd ? throw text.Fault("a '[' has no ']'")
        : text.Take('\\') ? Re2Escapes.Read(text)
        : text.Next();

    private RuneSet.Part? Posix()
    {
        var before = text.At;
        if (!text.TakeText("[:") || text.TakeUntil(':') is not { } name || !text.Take(']'))
        {
            text.At = before;
            return null;
        }

        var isNegated = name.StartsWith('^');
        return RuneSet.Part.Of(
            NamedClasses.Posix.GetValueOrDefault(isNegated ? name[1..] : name) ?? throw text.Fault($"there is no class [:{name}:]"),
            folds,
            isNegated);
    }

    private RuneSet.Part? NamedInBrackets()
    {
        var before = text.At;
        if (text.Take('\\') && Named() is { } named)
            return named;
        text.At = before;
        return null;
    }
}
