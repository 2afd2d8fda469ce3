using Remediator.Core.Language;

namespace Remediator.Core.Facts;

/// <summary>Knows some kinds of facts besides those of the cluster, from a place of its own: it may be away while others are not.</summary>
public interface IFactProvider
{
    /// <summary>As <see cref="FactKind.Provider"/> names it. Facts of other kinds are not taken from it.</summary>
    string Name { get; }

    /// <summary>Its newest view. Must answer at once.</summary>
    ViewStatus Current { get; }
}

/// <summary>What a provider's view is worth at one moment.</summary>
/// <param name="Problem">Why it cannot see; empty when all is well.</param>
public sealed record Sight(string Provider, ViewState State, DateTimeOffset FreshAt, string Problem)
{
    /// <summary>Why nothing may be changed by what it sees; null when it sees what is true now.</summary>
    public string? Doubt(DateTimeOffset now, TimeSpan maxAge)
    {
        if (State is not ViewState.Ready)
        {
            return HeldReason.Of($"there is no {View}", Problem);
        }

        if ((now - FreshAt).Duration() <= maxAge)
        {
            return null;
        }

        return FreshAt > now
            ? $"the clock was set back; the {View} must be confirmed again"
            : HeldReason.Of($"the {View} is {(now - FreshAt).TotalSeconds:0} s old", Problem);
    }

    public string View => Provider == FactSchema.Kubernetes ? "view of the cluster" : $"view of '{Provider}'";
}
