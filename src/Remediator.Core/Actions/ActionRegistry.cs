using System.Diagnostics.CodeAnalysis;
using Remediator.Core.Language;

namespace Remediator.Core.Actions;

/// <summary>All that this engine can do, by name.</summary>
public sealed class ActionRegistry(IEnumerable<IAction> actions)
{
    private readonly Dictionary<string, IAction> _byName = actions.ToDictionary(a => a.Descriptor.Name, StringComparer.Ordinal);

    public IReadOnlyCollection<IAction> All => _byName.Values;

    public bool TryGet(string name, [NotNullWhen(true)] out IAction? action) => _byName.TryGetValue(name, out action);

    /// <summary><c>; did you mean 'kubernetes.evict-pod'?</c>, or the empty text.</summary>
    public string Suggest(string name) => Suggestion.For(name, _byName.Keys);

    /// <exception cref="KeyNotFoundException">
    /// Definitions are checked at load, so only a stored name of an older program can be missing.
    /// </exception>
    public T Get<T>(string name)
        where T : class, IAction =>
        _byName.GetValueOrDefault(name) as T ?? throw new KeyNotFoundException($"This version has no action '{name}' of that kind.");
}
