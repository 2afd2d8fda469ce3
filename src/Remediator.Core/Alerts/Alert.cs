using System.Text.Json.Serialization;

namespace Remediator.Core.Alerts;

public enum AlertStatus { Firing, Resolved }

/// <summary>
/// One alert instance as its source delivered it. Labels are data from outside: they never reach a shell, a URL or a query unescaped.
/// </summary>
public sealed record Alert
{
    /// <summary>The label <c>alertname</c>; case-sensitive, any characters.</summary>
    public required string Name { get; init; }
    public required AlertStatus Status { get; init; }
    /// <summary>All labels, <c>alertname</c> among them.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
    public required DateTimeOffset StartsAt { get; init; }
    /// <summary>Null while firing (Alertmanager sends the zero time then).</summary>
    public DateTimeOffset? EndsAt { get; init; }
    /// <summary>Identifies the label set; computed from the labels where the source sends none.</summary>
    public required string Fingerprint { get; init; }
    public string? GeneratorUrl { get; init; }
    /// <summary>
    /// Whose alert it is, see <see cref="AlertSource"/>; null where that is not known, as of all alerts of before it was written down.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>Identifies the alert: two sources with the same labels have two alerts, and each ends its own.</summary>
    [JsonIgnore]
    public string Id => AlertSource.IdOf(Fingerprint, Source);

    /// <summary>Equal for every copy of one notification: HA pairs and repeats.</summary>
    public string DedupeKey => $"{Id}|{StartsAt.UtcDateTime:O}|{(Status is AlertStatus.Firing ? "firing" : "resolved")}";
}
