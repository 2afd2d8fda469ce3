using System.Text.Json;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;

namespace Remediator.Actions.Notify.Webhook;

/// <summary>What the receiver gets. Fields are only ever added; <c>version</c> changes when one changes its meaning.</summary>
internal sealed record WebhookBody
{
    private const int LongestText = 4 * 1024;
    private const int LongestEvidence = 16 * 1024;
    private const int MostTried = 50;

    public string Version { get; } = "1";
    /// <summary><c>firing</c> while the incident is open, then once <c>resolved</c>.</summary>
    public required string Status { get; init; }
    public required string Incident { get; init; }
    public required string Resource { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public required string Problem { get; init; }
    public required string Severity { get; init; }
    public required string Message { get; init; }
    public required string Reason { get; init; }
    public required IReadOnlyList<string> Tried { get; init; }
    public string? NextStep { get; init; }
    public required string Evidence { get; init; }
    public required DateTimeOffset StartsAt { get; init; }
    public required DateTimeOffset EndsAt { get; init; }
    public required string TraceId { get; init; }
    /// <summary>Set where a person is asked to release a step; null where the incident is handed to people.</summary>
    public ApprovalBody? Approval { get; init; }

    public static byte[] Of(Notification n, DateTimeOffset now) => JsonSerializer.SerializeToUtf8Bytes(
        new WebhookBody
        {
            Status = n.EndsAt > now ? "firing" : "resolved",
            Incident = n.IncidentId,
            Resource = n.Resource,
            Labels = n.Labels,
            Problem = n.Problem,
            Severity = n.Severity,
            Message = EvidenceText.Head(n.Message, LongestText),
            Reason = EvidenceText.Head(n.Reason, LongestText),
            Tried = [.. n.Tried.Take(MostTried).Select(t => EvidenceText.Head(t, LongestText))],
            NextStep = n.NextStep,
            Evidence = EvidenceText.Tail(n.Evidence, LongestEvidence),
            StartsAt = n.StartsAt,
            EndsAt = n.EndsAt,
            TraceId = n.TraceId,
            Approval = n.Waits is { } waits
                ? new(waits.Step, waits.Plan.Summary, [.. waits.Plan.Changes.Take(MostTried)], waits.Until, waits.Command)
                : null,
        },
        JsonSerializerOptions.Web);
}

internal sealed record ApprovalBody(string Step, string Plan, IReadOnlyList<Change> Changes, DateTimeOffset Until, string Command);
