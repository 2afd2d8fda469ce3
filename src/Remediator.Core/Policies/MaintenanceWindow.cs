using Cronos;

namespace Remediator.Core.Policies;

/// <summary>A time that comes again and again, in which people work themselves and nothing is done by the engine.</summary>
public sealed record MaintenanceWindow
{
    private readonly CronExpression _cron;

    /// <param name="cron">Five fields: minute, hour, day of the month, month, day of the week.</param>
    /// <exception cref="FormatException">It is no such text, or describes no time.</exception>
    public MaintenanceWindow(string cron, TimeZoneInfo zone, TimeSpan duration, PolicyMatch match, string reason)
    {
        (Cron, Zone, Duration, Match, Reason) = (cron, zone, duration, match, reason);
        try
        {
            _cron = CronExpression.Parse(cron);
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
        _cron.GetNextOccurrence((now - Duration).UtcDateTime, Zone) is { } start && start <= now.UtcDateTime
            ? Last(start, now) + Duration
            : null;

    /// <summary>Windows that follow each other closely are one.</summary>
    private DateTimeOffset Last(DateTime start, DateTimeOffset now)
    {
        const int most = 100;
        for (var i = 0; i < most && _cron.GetNextOccurrence(start, Zone) is { } next && next <= now.UtcDateTime; i++)
        {
            start = next;
        }

        return new(start, TimeSpan.Zero);
    }
}
