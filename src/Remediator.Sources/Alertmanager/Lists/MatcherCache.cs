using System.Collections.Concurrent;
using Remediator.Core.Pages;

namespace Remediator.Sources.Alertmanager.Lists;

/// <summary>Matchers that were read before: a pattern is compiled once, not at each reading.</summary>
internal sealed class MatcherCache
{
    /// <summary>Then it begins anew: what is over is forgotten too.</summary>
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<MatcherJson, SilenceMatcher> _known = new();

    public SilenceMatcher Of(MatcherJson matcher)
    {
        if (_known.Count > Most)
            _known.Clear();
        return _known.GetOrAdd(matcher, m => new(m.Name ?? "", m.Value ?? "", m.IsRegex, m.IsEqual ?? true));
    }
}
