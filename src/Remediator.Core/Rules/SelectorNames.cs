using Remediator.Core.Language;

namespace Remediator.Core.Rules;

/// <summary>The selectors that rules may use by name, as <c>$crashing-containers</c>, and which of them were used.</summary>
public sealed class SelectorNames
{
    private readonly Dictionary<string, Selector> _meant = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <returns>False where the name is taken.</returns>
    public bool TryAdd(string name, Selector meant) => _meant.TryAdd(name, meant);

    public bool IsUsed(string name) => _used.Contains(name);

    internal Selector? Use(string name)
    {
        _used.Add(name);
        return _meant.GetValueOrDefault(name);
    }

    /// <summary><c>; did you mean '$x'?</c>, or the empty text where no name is near.</summary>
    internal string Suggest(string name) =>
        Suggestion.For($"{Scanner.NameMark}{name}", _meant.Keys.Select(k => $"{Scanner.NameMark}{k}"));
}
