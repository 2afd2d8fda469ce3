using Remediator.Core.Actions;

namespace Remediator.Core.Incidents;

/// <summary>
/// Judges a repair by many looks at it. It is verified once it was good, without a break and without a change, for its stable time.
/// It has failed once a fault was seen for the whole time that it had to become good in. What could not be seen proves neither.
/// </summary>
/// <param name="within">The longest that a seen fault may last.</param>
/// <param name="longestGap">Two looks further apart than this saw nothing of what was between them: the process stood still.</param>
public sealed class RepairWatch(DateTimeOffset start, TimeSpan within, TimeSpan stable, TimeSpan longestGap)
{
    /// <summary>Good ones that keep changing, and blind ones, are not watched for ever.</summary>
    private static readonly TimeSpan LongestBlind = TimeSpan.FromMinutes(15);

    private const int StableTimes = 3;

    private readonly DateTimeOffset _end = start + (within * 2) + (stable * StableTimes);
    private DateTimeOffset? _goodSince;
    private DateTimeOffset? _faultSince = start;
    private DateTimeOffset? _blindSince;
    private DateTimeOffset _lookedAt = start;
    private TimeSpan _blind;
    private string _stability = "";
    private int _changes;
    private string _last = "it was never seen";

    /// <param name="look">Null where nothing could be seen.</param>
    /// <returns>The verdict; null while it is still watched.</returns>
    public CheckResult? Add(DateTimeOffset now, CheckResult? look)
    {
        if (now - _lookedAt > longestGap)
        {
            _blindSince ??= _lookedAt;
        }

        _lookedAt = now;
        if (look is null)
        {
            return Blind(now);
        }

        if (_blindSince is { } blindSince)
        {
            _blind += now - blindSince;
            _faultSince += now - blindSince;
            _blindSince = null;
            _goodSince = null;
        }

        _last = look.Observed;
        return look.Good ? Good(now, look) : Fault(now);
    }

    private CheckResult? Good(DateTimeOffset now, CheckResult look)
    {
        _faultSince = null;
        if (_goodSince is null || look.Stability != _stability)
        {
            _changes += _goodSince is null ? 0 : 1;
            _goodSince = now;
            _stability = look.Stability;
        }

        if (now - _goodSince >= stable)
        {
            return look with { Observed = $"{look.Observed}, for {(now - _goodSince.Value).TotalSeconds:0} s" };
        }

        return now < _end + _blind ? null : Failed($"{_last}, but it changed or restarted {_changes} times while it was watched");
    }

    private CheckResult? Fault(DateTimeOffset now)
    {
        _goodSince = null;
        _faultSince ??= now;
        return now - _faultSince > within || now >= _end + _blind ? Failed(_last) : null;
    }

    private CheckResult? Blind(DateTimeOffset now)
    {
        _blindSince ??= now;
        return now - _blindSince > LongestBlind
            ? Failed($"it could not be checked for {LongestBlind.TotalMinutes:0} min; before: {_last}")
            : null;
    }

    private static CheckResult Failed(string observed) => new(false, observed);
}
