using System.Collections.Concurrent;

namespace Remediator.Core.Rules;

/// <summary>
/// What an engine makes of the candidates for an alertname, made when the name is first seen. Names that mean the same rules share it:
/// names come from outside. Thread-safe.
/// </summary>
/// <param name="prepare">Called once for each set of rules, and again for one that was forgotten.</param>
public sealed class PreparedCandidates<T>(RuleSet rules, Func<Candidates, T> prepare)
{
    private const int MaxNames = 4096;

    /// <summary>Rules in all sets that are kept. A set is small for each of its rules, but for NRules some 20 KB.</summary>
    private const int MaxRules = 4096;

    private readonly Rule[] _rules = [.. rules.Rules];
    private readonly ConcurrentDictionary<string, Lazy<T>> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<T>> _bySet = new(StringComparer.Ordinal);
    private int _kept;

    public T For(string alertName) => (_byName.TryGetValue(alertName, out var known) ? known : Add(alertName)).Value;

    private Lazy<T> Add(string alertName)
    {
        var places = Enumerable.Range(0, _rules.Length).Where(i => _rules[i].Alert.MatchesName(alertName)).ToArray();
        var set = string.Join(',', places);
        if (_byName.Count >= MaxNames) _byName.Clear();
        if (_bySet.TryGetValue(set, out var known)) return _byName[alertName] = known;
        if (Interlocked.Add(ref _kept, places.Length) > MaxRules) Forget(places.Length);
        return _byName[alertName] = _bySet.GetOrAdd(set, _ => Prepared(places));
    }

    /// <summary>A failure is not kept, and whoever asks at the same time may prepare the same.</summary>
    private Lazy<T> Prepared(int[] places) =>
        new(() => prepare(new([.. places.Select(i => _rules[i])])), LazyThreadSafetyMode.PublicationOnly);

    private void Forget(int kept)
    {
        _bySet.Clear();
        _byName.Clear();
        Interlocked.Exchange(ref _kept, kept);
    }
}
