using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Sources.Intake;
using Remediator.Sources.Webhook;

namespace Remediator.Sources.Alertmanager;

internal sealed partial class AlertmanagerSource(
    DeliveryIntake intake, IOptions<AlertmanagerGroups> groups, ILogger<AlertmanagerSource> logger)
{
    public const string Route = "/api/v1/alerts/alertmanager";

    /// <param name="group">
    /// Of the path; null where it names none: that sender's alerts are in no list, and end by its own word alone.
    /// </param>
    public async Task<IResult> ReceiveAsync(HttpContext context, string? group)
    {
        if (group is not null && !AlertmanagerGroupsValidator.Name.IsMatch(group))
            return IntakeAnswers.Refuse(
                StatusCodes.Status404NotFound,
                $"'{group}' cannot be the name of a group; post to {Route}/ and the name that the setting "
                    + $"{AlertmanagerGroup.Section} gives yours.");

        var source = Source(group);
        return await intake.ReceiveAsync(context, (body, now) => WebhookReader.Read(body, source, now));
    }

    /// <summary>
    /// An alert is kept whatever the path says: a name that is not configured may be there tomorrow, and Alertmanager would not send it
    /// again.
    /// </summary>
    private string Source(string? group)
    {
        if (group is null)
            return AlertSource.Unlisted;
        if (groups.Value.All.All(g => g.Name != group))
            Log.UnknownGroup(logger, group);
        return AlertSource.OfGroup(group);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 1008,
            Level = LogLevel.Warning,
            Message = "A delivery came for the group '{Group}', which is not configured in Alertmanagers: its alerts are "
                + "kept, but not compared with a list, and their pages are never held")]
        public static partial void UnknownGroup(ILogger logger, string group);
    }
}
