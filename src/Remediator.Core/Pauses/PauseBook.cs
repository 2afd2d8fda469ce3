using System.Collections.Immutable;
using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Resources;

namespace Remediator.Core.Pauses;

/// <summary>All pauses, by their scope: the sum of the events of their stream.</summary>
public sealed record PauseBook
{
    public const int Schema = 1;

    private const int Most = 200;

    public static PauseBook Empty { get; } = new();

    public static StreamShape<PauseBook> Stream { get; } = new(Schema, Empty, (book, happened) => book.After(happened));

    public ImmutableSortedDictionary<string, Pause> Pauses { get; init; } = ImmutableSortedDictionary<string, Pause>
        .Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The stream that these events belong to.</summary>
    public static ResourceKey Key(string cluster) => new(cluster, ResourceKinds.Engine, "", "pauses");

    public PauseBook After(Happened happened) => happened.Event switch
    {
        PauseBegan e =>
            this with { Pauses = Current(happened.At).SetItem(e.Scope, new(e.Scope, e.Reason, happened.Actor, happened.At, e.Until)) },
        PauseEnded e => this with { Pauses = Current(happened.At).Remove(e.Scope) },
        _ => this,
    };

    public (Event? Event, CommandResult Result) Pause(PauseScope scope, string reason, DateTimeOffset? until, DateTimeOffset now)
    {
        if (until <= now)
        {
            return (null, new(false, $"{until:u} is in the past; give a time in the future."));
        }

        if (Current(now) is { Count: >= Most } current && !current.ContainsKey(scope.ToString()))
        {
            return (
                null,
                new(false, $"{current.Count} pauses are in force already; pause a scope that covers several of them, and resume those."));
        }

        var end = until is { } time ? $"until {time:u}" : "until somebody resumes it: remediator resume";
        return (new PauseBegan(scope.ToString(), reason, until), new(true, $"Paused: {scope}, {end}. Changes in flight are completed."));
    }

    public (Event? Event, CommandResult Result) Resume(PauseScope scope, string reason, DateTimeOffset now)
    {
        var current = Current(now);
        if (!current.ContainsKey(scope.ToString()))
        {
            return (
                null,
                new(false, $"'{scope}' is not paused; paused are: {(current.Count == 0 ? "nothing" : string.Join(", ", current.Keys))}."));
        }

        var rest = current.Remove(scope.ToString());
        return (
            new PauseEnded(scope.ToString(), reason),
            new(true, $"Resumed: {scope}.{(rest.Count > 0 ? $" Still paused: {string.Join(", ", rest.Keys)}." : "")}"));
    }

    private ImmutableSortedDictionary<string, Pause> Current(DateTimeOffset now) =>
        Pauses.RemoveRange(Pauses.Where(p => p.Value.IsOver(now)).Select(p => p.Key));
}
