using Cronos;

namespace Remediator.Core.Policies;

/// <summary>A time that comes again and again, in which people work themselves and nothing is done by the engine.</summary>
public sealed record MaintenanceWindow
{
    private readonly CronExpression[] _times;

    /// <param name="cron">
    /// Five fields: minute, hour, day of the month, month, day of the week. With both days it opens on either, as in cron(5) and in a
    /// CronJob.
    /// </param>
    /// <exception cref="FormatException">It is no such text, or describes no time.</exception>
    public MaintenanceWindow(string cron, TimeZoneInfo zone, TimeSpan duration, PolicyMatch match, string reason)
    {
        (Cron, Zone, Duration, Match, Reason) = (cron, zone, duration, match, reason);
        try
        {
            _times = [.. Either(cron).Select(c => CronExpression.Parse(c))];
        }
        catch (CronFormatException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    public string Cron { get; }

    public TimeZoneInfo Zone { get; }

    public TimeSpan Duration { get; }

    public PolicyMatch Match { get; }

    public string Reason { get; }

    /// <summary>When the window that is open now ends; null where none is. The first moment belongs to it, the last does not.</summary>
    public DateTimeOffset? EndAt(DateTimeOffset now) =>
        Next((now - Duration).UtcDateTime) is { } start && start <= now.UtcDateTime
            ? Last(start, now) + Duration
            : null;

    /// <summary>Windows that follow each other closely are one.</summary>
    private DateTimeOffset Last(DateTime start, DateTimeOffset now)
    {
        const int most = 100;
        for (var i = 0; i < most && Next(start) is { } next && next <= now.UtcDateTime; i++)
        {
            start = next;
        }

        return new(start, TimeSpan.Zero);
    }

    private DateTime? Next(DateTime after) => _times.Select(t => t.GetNextOccurrence(after, Zone)).Min();

    /// <summary>
    /// Cronos opens only where both days agree. A text that means more time in every other cron must not hold for less of it here:
    /// https://man7.org/linux/man-pages/man5/crontab.5.html
    /// </summary>
    private static IEnumerable<string> Either(string cron)
    {
        var fields = cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields is [var minute, var hour, not ("*" or "?") and var day, var month, not ("*" or "?") and var weekday]
            ? [$"{minute} {hour} {day} {month} *", $"{minute} {hour} * {month} {weekday}"]
            : [cron];
    }
}
