using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Remediator.Core.Events;
using Remediator.Core.Resources;

namespace Remediator.Core.Incidents;

/// <summary>A resource that the engine cannot handle: each decision about it fails.</summary>
/// <param name="Resource">Its key.</param>
/// <param name="Id">In place of an incident's.</param>
/// <param name="LastAt">When a failure was last written down, which is done once an hour.</param>
/// <param name="Reason">How the newest decision failed.</param>
public sealed record StuckResource(string Resource, string Id, DateTimeOffset Since, DateTimeOffset LastAt, string Reason)
{
    [JsonIgnore]
    public ResourceKey Key => ResourceKey.Parse(Resource);
}

/// <summary>All resources that the engine cannot handle: the sum of the events of their stream.</summary>
public sealed record StuckBook
{
    public const int Schema = 1;

    /// <summary>So many at once are no fault of single resources; the metrics and the log tell of the rest.</summary>
    public const int Most = 1000;

    /// <summary>Its failures are written down again so often, for as long as they go on.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromHours(1);

    /// <summary>
    /// One whose alerts are dead letters fails no more, and does not go on either. Alertmanager repeats what fires every few hours.
    /// </summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    public static StuckBook Empty { get; } = new();

    public static StreamShape<StuckBook> Stream { get; } = new(Schema, Empty, (book, happened) => book.After(happened));

    /// <summary>By key.</summary>
    public ImmutableSortedDictionary<string, StuckResource> Resources { get; init; } = ImmutableSortedDictionary<string, StuckResource>
        .Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The stream that these events belong to.</summary>
    public static ResourceKey Key(string cluster) => new(cluster, ResourceKinds.Engine, "", "stuck");

    public StuckBook After(Happened happened) => happened.Event switch
    {
        ResourceStuck e => this with
        {
            Resources = Resources.SetItem(e.Resource, new(e.Resource, e.Id, e.Since, happened.At, e.Reason))
        },
        ResourceWentOn e => this with { Resources = Resources.Remove(e.Resource) },
        _ => this,
    };

    /// <returns>What there is to tell of a resource that fails; null where the book has it.</returns>
    public Event? Fails(ResourceKey resource, string id, DateTimeOffset since, string reason, DateTimeOffset now) =>
        Resources.GetValueOrDefault(resource.ToString()) switch
        {
            null => Resources.Count < Most ? new ResourceStuck(resource.ToString(), id, since, reason) : null,
            var known when now - known.LastAt >= Again => new ResourceStuck(resource.ToString(), known.Id, known.Since, reason),
            _ => null,
        };

    /// <returns>What there is to tell of a resource that was decided on; null where the book does not have it.</returns>
    public Event? GoesOn(ResourceKey resource) =>
        Resources.ContainsKey(resource.ToString()) ? new ResourceWentOn(resource.ToString(), "a decision about it was written") : null;

    /// <summary>What there is to tell of those that nobody has asked for so long.</summary>
    public IEnumerable<Event> Expired(DateTimeOffset now) =>
        Resources.Where(r => now - r.Value.LastAt >= KeptFor)
            .Select(r => new ResourceWentOn(r.Key, $"nothing was to be decided about it for {KeptFor.TotalHours:0} h"));
}

/// <summary>What the engine cannot handle, for those who ask how it is.</summary>
public interface IStuckResources
{
    /// <summary>As it was last read, at most a moment ago where the store answers.</summary>
    IReadOnlyCollection<StuckResource> Current { get; }
}
