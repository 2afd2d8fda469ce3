using System.Text.Json;
using Remediator.Core.Journal;

namespace Remediator.Grains.Membership;

/// <summary>An entry of Orleans' table as a row of ours, and back.</summary>
internal static class MemberRow
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static Member Of(MembershipEntry entry)
    {
        var dead = entry.Status is SiloStatus.Dead;
        var aliveAt = Utc(entry.IAmAliveTime);
        var suspects = (entry.SuspectTimes ?? []).Select(s => new Suspect(s.Item1.ToParsableString(), Utc(s.Item2))).ToList();
        var document = new Document
        {
            Host = entry.HostName ?? "",
            Name = entry.SiloName ?? "",
            Role = entry.RoleName ?? "",
            StartedAt = Utc(entry.StartTime),
            ProxyPort = entry.ProxyPort,
            UpdateZone = entry.UpdateZone,
            FaultZone = entry.FaultZone,
            Suspects = suspects,
            LastAliveAt = dead ? aliveAt : null,
        };

        // the dead are forgotten by age: what counts is the last word on them, which may be the vote against one that was silent for long
        var last = dead ? suspects.Select(s => s.At).Append(document.StartedAt).Append(aliveAt).Max() : aliveAt;
        return new(entry.SiloAddress.ToParsableString(), entry.Status.ToString(), dead, last, JsonSerializer.Serialize(document, Json));
    }

    public static MembershipEntry ToEntry(Member member)
    {
        var document = Read(member);
        return new()
        {
            SiloAddress = SiloAddress.FromParsableString(member.Id),
            Status = Enum.Parse<SiloStatus>(member.Status),
            HostName = document.Host,
            SiloName = document.Name,
            RoleName = document.Role,
            ProxyPort = document.ProxyPort,
            UpdateZone = document.UpdateZone,
            FaultZone = document.FaultZone,
            StartTime = document.StartedAt.UtcDateTime,
            IAmAliveTime = (document.LastAliveAt ?? member.AliveAt).UtcDateTime,
            SuspectTimes = [.. document.Suspects.Select(s => Tuple.Create(SiloAddress.FromParsableString(s.By), s.At.UtcDateTime))],
        };
    }

    /// <summary>What people want to know of a member.</summary>
    public static (string Host, DateTimeOffset AliveAt, IReadOnlyList<string> DeclaredBy) Describe(Member member)
    {
        var document = Read(member);
        return (document.Host, document.LastAliveAt ?? member.AliveAt, [.. document.Suspects.Select(s => s.By)]);
    }

    /// <summary>Orleans means UTC, whether its times say so or not.</summary>
    public static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private static Document Read(Member member) => JsonSerializer.Deserialize<Document>(member.Document, Json)!;

    private sealed record Document
    {
        public string Host { get; init; } = "";
        public string Name { get; init; } = "";
        public string Role { get; init; } = "";
        public DateTimeOffset StartedAt { get; init; }
        public int ProxyPort { get; init; }
        public int UpdateZone { get; init; }
        public int FaultZone { get; init; }
        public IReadOnlyList<Suspect> Suspects { get; init; } = [];
        /// <summary>Of the dead: their last sign of life.</summary>
        public DateTimeOffset? LastAliveAt { get; init; }
    }

    private sealed record Suspect(string By, DateTimeOffset At);
}
