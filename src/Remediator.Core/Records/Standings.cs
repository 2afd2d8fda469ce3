using System.Collections.Immutable;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;

namespace Remediator.Core.Records;

/// <summary>
/// Which playbooks are lowered because of what they did, until a person raises them again: the sum of the events of their stream.
/// </summary>
public sealed record Standings
{
    public const int Schema = 1;

    public const string StreamName = "playbooks";

    public static Standings Empty { get; } = new();

    public static StreamShape<Standings> Stream { get; } = new(Schema, Empty, (standings, happened) => standings.After(happened));

    /// <summary>By playbook; a playbook that is not listed may do what its file says.</summary>
    public ImmutableSortedDictionary<string, Standing> ByPlaybook { get; init; } =
        ImmutableSortedDictionary.Create<string, Standing>(StringComparer.Ordinal);

    /// <summary>The stream that these events belong to.</summary>
    public static ResourceKey Key(string cluster) => new(cluster, ResourceKinds.Engine, "", StreamName);

    public Standing? Of(string playbook) => ByPlaybook.GetValueOrDefault(playbook);

    /// <summary>Those of these that were lowered for what they did, and may do less than their file says.</summary>
    public IReadOnlyDictionary<string, Standing> Lowered(IReadOnlyDictionary<string, Playbook> playbooks) =>
        ByPlaybook.Where(
            s => s.Value.Because is not null && playbooks.TryGetValue(s.Key, out var playbook) && s.Value.Ceiling < playbook.Mode)
            .ToDictionary(StringComparer.Ordinal);

    public Standings After(Happened happened) => happened.Event switch
    {
        PlaybookDemoted e => this with { ByPlaybook = ByPlaybook.SetItem(e.Playbook, new(e.To, e.Reason, happened.At, e.Because)) },
        PlaybookPromoted e => this with { ByPlaybook = ByPlaybook.SetItem(e.Playbook, new(e.To, e.Reason, happened.At)) },
        _ => this,
    };
}

/// <param name="Ceiling">The most that it may do now; its file and the settings may allow less.</param>
/// <param name="Since">What happened before it is no longer counted.</param>
/// <param name="Because">The incident that it was lowered for; null where a person set it.</param>
public sealed record Standing(Mode Ceiling, string Reason, DateTimeOffset Since, string? Because = null);
