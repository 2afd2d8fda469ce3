using Remediator.Core.Facts;

namespace Remediator.Facts.Projection;

/// <summary>Gathers what differs from the last view. A fact that says what it said stays the same object.</summary>
internal sealed class FactDiff
{
    private readonly List<FactChange> _changes = [];

    public IReadOnlyList<FactChange> Changes => _changes;

    /// <returns>The fact that is in the next view.</returns>
    public Fact Replace(Fact? before, Fact after)
    {
        if (before is not null && FactShape.AreSame(before, after))
            return before;

        _changes.Add(new(before, after));
        return after;
    }

    /// <summary>The facts of one object in an order of their own.</summary>
    /// <returns>Those that are in the next view.</returns>
    public Fact[] Replace(Fact[] before, List<Fact> after)
    {
        for (var i = 0; i < Math.Max(before.Length, after.Count); i++)
        {
            var (was, now) = (before.ElementAtOrDefault(i), after.ElementAtOrDefault(i));
            if (now is null)
            {
                _changes.Add(new(was, null));
            }
            else if (was is null || was.Name == now.Name)
            {
                after[i] = Replace(was, now);
            }
            else
            {
                _changes.Add(new(was, null));
                _changes.Add(new(null, now));
            }
        }

        return [.. after];
    }

    public void Remove(Fact? before)
    {
        if (before is not null)
            _changes.Add(new(before, null));
    }
}
