using System.Collections.Immutable;
using Remediator.Core.Resources;

namespace Remediator.Core.Records;

/// <summary>How the repairs of one scope went, in a row.</summary>
public sealed record SlowStartRecord
{
    private const int MostKept = 20;

    public static SlowStartRecord None { get; } = new();

    /// <summary>When repairs were proven since the last one that failed, newest last.</summary>
    public ImmutableList<DateTimeOffset> Proven { get; init; } = [];

    /// <summary>Those that failed since the last proven one, one for each place, newest last.</summary>
    public ImmutableList<FailedRepair> Failed { get; init; } = [];

    /// <summary>How many were proven in the burst that goes on.</summary>
    public int ProvenIn(TimeSpan burst, DateTimeOffset now) => Newest(Proven, p => p, burst, now).Count;

    /// <summary>Failures in a row that are not forgotten yet, newest last.</summary>
    public IReadOnlyList<FailedRepair> FailedIn(TimeSpan kept, DateTimeOffset now) => Newest(Failed, f => f.At, kept, now);

    internal SlowStartRecord After(DateTimeOffset proven) => new() { Proven = Last(Proven.Add(proven)) };

    internal SlowStartRecord After(FailedRepair failed) =>
        new() { Failed = Last(Failed.RemoveAll(f => f.Place == failed.Place).Add(failed)) };

    /// <summary>From the newest back, as long as no more than this is between two of them.</summary>
    private static ImmutableList<T> Newest<T>(ImmutableList<T> all, Func<T, DateTimeOffset> at, TimeSpan gap, DateTimeOffset now)
    {
        var first = all.Count;
        for (var later = now; first > 0 && later - at(all[first - 1]) <= gap; first--)
        {
            later = at(all[first - 1]);
        }

        return all.RemoveRange(0, first);
    }

    private static ImmutableList<T> Last<T>(ImmutableList<T> all) => all.Count > MostKept ? all.RemoveRange(0, all.Count - MostKept) : all;
}

/// <summary>A repair that changed something, or may have, and was not proven to help.</summary>
/// <param name="Place">What counts once in a row: the resource, and for a rule its namespace or zone.</param>
public sealed record FailedRepair(string Incident, ResourceKey Resource, ResourceKey Place, DateTimeOffset At);
