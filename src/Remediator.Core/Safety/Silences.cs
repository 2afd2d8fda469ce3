using Remediator.Core.Rules;

namespace Remediator.Core.Safety;

/// <summary>The silences of the Alertmanagers that are configured; not there where none is.</summary>
public interface ISilences
{
    SilenceReading Current { get; }
}

/// <param name="ReadAt">When one of them was last read; null where none was yet.</param>
/// <param name="Problem">Why they could not be read when that was last tried; empty where they could.</param>
public sealed record SilenceReading(IReadOnlyList<Silence> Silences, DateTimeOffset? ReadAt, string Problem)
{
    /// <summary>What was read so long ago says nothing of now.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(2);

    public bool IsFresh(DateTimeOffset now) => ReadAt is { } at && (now - at).Duration() <= GoodFor;
}

public sealed record Silence(string Id, string CreatedBy, string Comment, DateTimeOffset StartsAt, DateTimeOffset EndsAt, IReadOnlyList<SilenceMatcher> Matchers)
{
    /// <summary>Who makes our own: they keep people from being told, and hold nothing.</summary>
    public const string Ours = "remediator";

    public bool Covers(IReadOnlyDictionary<string, string> labels, DateTimeOffset now) =>
        StartsAt <= now && now < EndsAt && Matchers.All(m => m.Matches(labels.GetValueOrDefault(m.Name, "")));
}

/// <summary>As Alertmanager matches: a whole value, and what an alert lacks is empty.</summary>
public sealed record SilenceMatcher
{
    private readonly ValuePattern? _pattern;
    private readonly bool _isUnreadable;

    public SilenceMatcher(string name, string value, bool isRegex, bool isEqual)
    {
        (Name, Value, IsRegex, IsEqual) = (name, value, isRegex, isEqual);
        try
        {
            _pattern = isRegex ? new(value) : null;
        }
        catch (ArgumentException)
        {
            _isUnreadable = true;
        }
    }

    public string Name { get; }

    public string Value { get; }

    public bool IsRegex { get; }

    public bool IsEqual { get; }

    /// <summary>A pattern that only Alertmanager can read may match: doubt holds.</summary>
    public bool Matches(string value) => _isUnreadable || (_pattern?.IsMatch(value) ?? value == Value) == IsEqual;
}
