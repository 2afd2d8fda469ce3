using Remediator.Core.Alerts;
using Remediator.Core.Pages;

namespace Remediator.Server.Health;

/// <summary>Why alerts may not come here, or nothing is done about them, although all that this server needs is there.</summary>
internal sealed class AlertDoubts(
    IAlertsByCluster alerts, IEnumerable<IAlertRoutes> routes, IEnumerable<ISilences> silences, TimeProvider time)
{
    /// <summary>What an unread Alertmanager means.</summary>
    public const string Held = "whether its alerts are silenced is not known, and nothing that they are about is changed before it answers";

    /// <summary>Empty where there is nothing to say.</summary>
    public string Words => string.Join(
        ". ",
        new[] { alerts.Current.Problem }
            .Concat(routes.SelectMany(r => r.Problems).Select(p => $"{p.Key}: {p.Value}"))
            .Concat(
                from @group in silences.SelectMany(s => s.Current.Groups)
                let why = @group.Unknown(time.GetUtcNow())
                where why is not null
                select $"{@group.Source}: {Held} ({why})")
            .Where(p => p.Length > 0));
}
