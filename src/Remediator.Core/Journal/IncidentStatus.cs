using System.Collections.Frozen;

namespace Remediator.Core.Journal;

/// <summary>How an open incident is doing, as other resources and people see it in the incident list.</summary>
public enum IncidentStatus
{
    Open,
    /// <summary>A rule has matched; nothing is done yet.</summary>
    Waiting,
    /// <summary>No rule matches.</summary>
    Unhandled,
    Suppressed,
    /// <summary>Nothing was changed: the mode does not allow it.</summary>
    Observed,
    Held,
    Running,
    AwaitingApproval,
    Escalated,
    Storm,
    CoolingDown,
    StormOver,
}

/// <summary>The words that the incident list stores and shows. A word is never changed; older versions read it.</summary>
public static class IncidentStatuses
{
    private static readonly FrozenDictionary<IncidentStatus, string> Words = new Dictionary<IncidentStatus, string>
    {
        [IncidentStatus.Open] = "open",
        [IncidentStatus.Waiting] = "waiting",
        [IncidentStatus.Unhandled] = "unhandled",
        [IncidentStatus.Suppressed] = "suppressed",
        [IncidentStatus.Observed] = "observed",
        [IncidentStatus.Held] = "held",
        [IncidentStatus.Running] = "running",
        [IncidentStatus.AwaitingApproval] = "awaiting approval",
        [IncidentStatus.Escalated] = "escalated",
        [IncidentStatus.Storm] = "storm",
        [IncidentStatus.CoolingDown] = "cooling down",
        [IncidentStatus.StormOver] = "storm over",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, IncidentStatus> ByWord =
        Words.ToFrozenDictionary(w => w.Value, w => w.Key, StringComparer.Ordinal);

    public static string Word(this IncidentStatus status) => Words[status];

    /// <summary>Null for a word of a newer version, and for the reason for which an incident was closed.</summary>
    public static IncidentStatus? Find(string word) => ByWord.TryGetValue(word, out var status) ? status : null;
}
