using System.Collections.Frozen;
using Remediator.Core.Language;
using Remediator.Core.Re2;

namespace Remediator.Core.Pages;

/// <summary>The silences of the groups of Alertmanagers that are configured; not there where none is.</summary>
public interface ISilences
{
    SilenceReading Current { get; }
}

/// <param name="Groups">Every group that is configured, whether it could be read or not.</param>
public sealed record SilenceReading(IReadOnlyList<GroupSilences> Groups)
{
    /// <summary>
    /// Those that may hold an alert: of its own group; where it is of none that is configured, of all, since nobody knows which of them
    /// people would have silenced it at.
    /// </summary>
    public IEnumerable<GroupSilences> For(string? source) =>
        Groups.FirstOrDefault(g => g.Source == source) is { } own ? [own] : Groups;
}

/// <summary>What one group was last read to have.</summary>
/// <param name="Source">As in <see cref="Alerts.Alert.Source"/>.</param>
/// <param name="ReadAt">When one of its replicas last answered; null where none has yet.</param>
/// <param name="Problem">Why none answered when they were last asked; empty where one did.</param>
public sealed record GroupSilences(string Source, IReadOnlyList<Silence> Silences, DateTimeOffset? ReadAt, string Problem)
{
    /// <summary>What was read so long ago says nothing of now.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(2);

    /// <summary>A person's silence that Alertmanager has lost stays in force for so long, where it does not end before.</summary>
    public static readonly TimeSpan KeptAfterLoss = TimeSpan.FromDays(1);

    /// <summary>Silences that Alertmanager lists no more although nobody has ended them, by id, and since when.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Lost { get; init; } = FrozenDictionary<string, DateTimeOffset>.Empty;

    public bool IsFresh(DateTimeOffset now) => ReadAt is { } at && (now - at).Duration() <= GoodFor;

    /// <summary>Why it is not known what is silenced now, so that nothing that its alerts are about is changed; null where it is.</summary>
    public string? Unknown(DateTimeOffset now) =>
        IsFresh(now) ? null
            : Problem.Length > 0 ? Problem
            : $"{Source} has not been read yet";
}

public sealed record Silence(
    string Id, string CreatedBy, string Comment, DateTimeOffset StartsAt, DateTimeOffset EndsAt, IReadOnlyList<SilenceMatcher> Matchers)
{
    /// <summary>Who makes our own: they keep people from being told, and hold nothing.</summary>
    public const string Ours = "remediator";

    public bool Covers(IReadOnlyDictionary<string, string> labels, DateTimeOffset now) =>
        StartsAt <= now && now < EndsAt && Matchers.All(m => m.Matches(labels.GetValueOrDefault(m.Name, "")));

    /// <summary>Whether both are about the same alerts, by their matchers.</summary>
    public bool MatchesAs(Silence other) =>
        Matchers.Select(m => (m.Name, m.Value, m.IsRegex, m.IsEqual)).ToHashSet()
            .SetEquals(other.Matchers.Select(m => (m.Name, m.Value, m.IsRegex, m.IsEqual)));
}

/// <summary>As Alertmanager matches: a whole value, and what an alert lacks is empty.</summary>
public sealed record SilenceMatcher
{
    private const int LongestShown = 100;

    private readonly Re2Pattern? _pattern;

    public SilenceMatcher(string name, string value, bool isRegex, bool isEqual)
    {
        (Name, Value, IsRegex, IsEqual) = (name, value, isRegex, isEqual);
        try
        {
            _pattern = isRegex ? Re2Pattern.OfWholeValue(value) : null;
        }
        catch (FormatException e)
        {
            Fault = e.Message;
        }
    }

    public string Name { get; }

    public string Value { get; }

    public bool IsRegex { get; }

    public bool IsEqual { get; }

    /// <summary>Why its pattern cannot be read here, though Alertmanager could; null where it can.</summary>
    public string? Fault { get; }

    /// <summary>A pattern that only Alertmanager can read may match: doubt holds, as far as the silence's other matchers let it.</summary>
    public bool Matches(string value) => Fault is not null || (_pattern?.IsMatch(value) ?? value == Value) == IsEqual;

    public override string ToString() =>
        $"{Name}{(IsEqual, IsRegex) switch { (true, false) => "=", (false, false) => "!=", (true, true) => "=~", _ => "!~" }}"
            + $"\"{Excerpt.Of(Value, LongestShown)}\"";
}
