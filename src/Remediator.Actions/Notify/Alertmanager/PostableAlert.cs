using System.Globalization;
using System.Text;
using System.Text.Json;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Language;

namespace Remediator.Actions.Notify.Alertmanager;

/// <summary>An incident as an alert of Alertmanager's API v2. The same notification always gives the same labels.</summary>
internal sealed record PostableAlert(
    IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations, DateTimeOffset StartsAt,
    DateTimeOffset EndsAt)
{
    private const int LongestLabel = 512;
    private const int LongestSummary = 400;
    private const int LongestDescription = 6 * 1024;

    public static byte[] Body(Notification notification) =>
        JsonSerializer.SerializeToUtf8Bytes<PostableAlert[]>([Of(notification)], JsonSerializerOptions.Web);

    public static PostableAlert Of(Notification notification) => new(
        LabelsOf(notification),
        new Dictionary<string, string>
        {
            ["summary"] = EvidenceText.OneLine(notification.Message, LongestSummary),
            ["description"] = Description(notification),
        },
        notification.StartsAt,
        notification.EndsAt < notification.StartsAt ? notification.StartsAt : notification.EndsAt);

    /// <summary>
    /// Ours win over those of the resource. Alertmanager takes no empty values and refuses names that Prometheus would not take.
    /// </summary>
    private static Dictionary<string, string> LabelsOf(Notification notification)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in notification.Labels)
            labels[ValidName(name)] = value;
        labels["alertname"] = notification.Waits is null ? OwnAlerts.RemediationFailed : OwnAlerts.RemediationWaitsForApproval;
        labels["resource"] = notification.Resource;
        labels["problem"] = notification.Problem;
        labels["severity"] = notification.Severity;
        labels["incident"] = notification.IncidentId;
        return labels.Where(l => l.Value.Length > 0).ToDictionary(
            l => l.Key, l => Excerpt.Of(l.Value, LongestLabel), StringComparer.Ordinal);
    }

    private static string ValidName(string name)
    {
        var valid = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_'));
        return valid.Length == 0 || char.IsAsciiDigit(valid[0]) ? $"_{valid}" : valid;
    }

    private static string Description(Notification notification)
    {
        var text = new StringBuilder(notification.Message).Append('\n');
        if (notification.Reason.Length > 0)
            text.Append("Why it stopped: ").Append(notification.Reason).Append('\n');
        if (notification.Waits is { } waits)
        {
            text.Append("Plan: ").Append(waits.Plan.Summary).Append('\n');
            foreach (var change in waits.Plan.Changes)
                text.Append("  ")
                    .Append(EvidenceText.OneLine($"{change.Field}: {change.Before} -> {change.After}", LongestSummary))
                    .Append('\n');
            text.Append("Until: ").Append(waits.Until.ToString("u", CultureInfo.InvariantCulture)).Append('\n');
            text.Append("To release it: ").Append(waits.Command).Append('\n');
        }

        foreach (var tried in notification.Tried)
            text.Append("Tried: ").Append(tried).Append('\n');
        if (notification.NextStep is { Length: > 0 } next)
            text.Append("Next step, for you to approve: ").Append(next).Append('\n');
        if (notification.Evidence.Length > 0)
            text.Append("Last seen:\n").Append(notification.Evidence).Append('\n');
        return EvidenceText.Head(text.ToString().TrimEnd(), LongestDescription);
    }
}
