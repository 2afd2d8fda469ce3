namespace Remediator.Journal.Writing;

/// <summary>
/// Every statement that writes and is no row of a table; with parameters <c>$1</c>, <c>$2</c>, ... A test asks for the plan of each, as of
/// those that read.
/// </summary>
internal static class Commands
{
    public const string Touch = "UPDATE alert_change SET newest = newest";

    public const string SetAlertChange = "UPDATE alert_change SET newest = $1";

    public const string ForgetAlertChanges =
        "UPDATE alert_change SET forgotten = COALESCE((SELECT MAX(change) FROM active_alert WHERE gone_at < $1 AND change > "
            + "forgotten), forgotten)";

    public const string ForgetGoneAlerts = "DELETE FROM active_alert WHERE gone_at < $1";

    public const string ForgetStarts = "DELETE FROM budget_start WHERE at < $1";

    public const string SetAttempts = "UPDATE inbox SET attempts = $1 WHERE id = $2";

    public const string PurgeEvents = "DELETE FROM event WHERE sequence <= $1";

    public const string PurgeCheckpoints = "DELETE FROM checkpoint WHERE id < $1";

    /// <summary>Each with values such as it may have.</summary>
    public static IReadOnlyList<(string Sql, IReadOnlyList<object> Values)> All { get; } =
    [
        (Touch, []),
        (SetAlertChange, [7L]),
        (ForgetAlertChanges, ["2026-11-23T12:20:00.0000000Z"]),
        (ForgetGoneAlerts, ["2026-11-23T12:20:00.0000000Z"]),
        (ForgetStarts, ["2026-11-23T12:20:00.0000000Z"]),
        (SetAttempts, [1L, 77L]),
        (PurgeEvents, [77L]),
        (PurgeCheckpoints, [77L]),
    ];
}
