using Remediator.Core.Actions;

namespace Remediator.Core.Incidents;

/// <summary>
/// Judges a repair by many looks at it. It is verified once it was good, without a fault and without a change, for its stable time. It has
/// failed once a fault was seen for the whole time that it had to become good in, or once it made no progress for as long as the resource
/// itself allows. What could not be seen proves neither, and what comes after it was good neither fails nor restarts it.
/// </summary>
/// <param name="within">The longest that a seen fault may last.</param>
/// <param name="longestGap">Two looks further apart than this saw nothing of what was between them: the process stood still.</param>
public sealed class RepairWatch(DateTimeOffset start, TimeSpan within, TimeSpan stable, TimeSpan longestGap)
{
    /// <summary>Good ones that keep changing, and blind ones, are not watched for ever.</summary>
    private static readonly TimeSpan LongestBlind = TimeSpan.FromMinutes(15);

    /// <summary>What is scaled to 0 proves nothing; by then its run ends without a verdict.</summary>
    private static readonly TimeSpan LongestNothing = TimeSpan.FromHours(1);

    private const int StableTimes = 3;

    /// <summary>So often ended, it is in the loop that it was in before: more time shows nothing else.</summary>
    private const int LoopTimes = 3;

    /// <summary>
    /// So often each of its pods has restarted since, it is the repair that does not help: of a kubelet's back-off that is two and a half
    /// minutes, longer than what pods wait for at a start takes.
    /// </summary>
    private const int HopelessRestarts = 5;

    private readonly DateTimeOffset _start = start;
    private DateTimeOffset? _goodSince;
    private DateTimeOffset? _faultSince = start;
    private DateTimeOffset? _badSince;
    private DateTimeOffset? _blindSince;
    private DateTimeOffset? _nothingSince;
    private DateTimeOffset? _endedAt;
    private DateTimeOffset _progressAt = start;
    private DateTimeOffset _lookedAt = start;
    private TimeSpan _asked;
    private TimeSpan _slow;
    private long? _best;
    private int? _leastRestarts;
    private long _whenGood;
    private bool _looked;
    private string _stability = "";
    private int _changes;
    private readonly List<DateTimeOffset> _ends = [];
    private string _last = "it was never seen";

    /// <summary>Over a long watch a container may end for other reasons.</summary>
    private TimeSpan LoopTime => within + stable;

    private int Ends(DateTimeOffset now) => _ends.Count(at => now - at <= LoopTime);

    private TimeSpan Needs => _asked > within ? _asked : within;

    private TimeSpan Stable => _slow > stable ? _slow : stable;

    private DateTimeOffset End => _progressAt + (Needs * 2) + (Stable * StableTimes);

    /// <param name="look">Null where nothing could be seen.</param>
    /// <returns>The verdict; null while it is still watched. One that is <see cref="CheckResult.Open"/> is neither good nor bad.</returns>
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

        SeesAgain(now);
        _last = look.Observed;
        _asked = look.Needs > _asked ? look.Needs : _asked;
        _slow = look.StableFor > _slow ? look.StableFor : _slow;
        if (look.Nothing)
        {
            return Nothing(now);
        }

        GoesOn(now);
        Ended(now, look);
        Progressed(now, look);
        _leastRestarts = look.LeastRestarts < _leastRestarts ? look.LeastRestarts : _leastRestarts ?? look.LeastRestarts;
        if (look is { Good: false, Open: false } && look.LeastRestarts - _leastRestarts >= HopelessRestarts)
        {
            return Failed($"{_last}; each of its pods has restarted {look.LeastRestarts - _leastRestarts} times since");
        }

        if (now - _start > within && Ends(now) >= LoopTimes)
        {
            return Failed($"{_last}, but containers of it ended {Ends(now)} times while it was watched");
        }

        return look switch { { Good: true } => Good(now, look), { Open: true } => Open(now, look), _ => Bad(now) };
    }

    /// <summary>What passed while nothing could be seen is not held against it; nor is it known to have been good.</summary>
    private void SeesAgain(DateTimeOffset now)
    {
        if (_blindSince is not { } since)
        {
            return;
        }

        Pass(now - since);
        _blindSince = null;
        _goodSince = null;
    }

    /// <summary>What is scaled up again goes on where it was.</summary>
    private void GoesOn(DateTimeOffset now)
    {
        if (_nothingSince is not { } since)
        {
            return;
        }

        Pass(now - since);
        _goodSince += now - since;
        _nothingSince = null;
    }

    private void Pass(TimeSpan time)
    {
        _progressAt += time;
        _faultSince += time;
        _badSince += time;
    }

    private void Ended(DateTimeOffset now, CheckResult look)
    {
        if (look.EndedAt is not { } ended || ended <= _endedAt)
        {
            _looked = true;
            return;
        }

        if (_looked && _goodSince is not null)
        {
            _changes++;
            _ends.Add(now);
            _goodSince = now;
        }

        (_looked, _endedAt) = (true, ended);
    }

    private void Progressed(DateTimeOffset now, CheckResult look)
    {
        if (_best is { } best && look.Progress > best && !look.Good)
        {
            _progressAt = now;
            if (look.Open && _faultSince is not null)
            {
                (_faultSince, _badSince) = (now, null);
            }
        }

        _best = _best > look.Progress ? _best : look.Progress;
    }

    private CheckResult? Good(DateTimeOffset now, CheckResult look)
    {
        (_faultSince, _badSince, _whenGood) = (null, null, look.Progress);
        if (_goodSince is null || look.Stability != _stability)
        {
            _changes += _goodSince is null ? 0 : 1;
            _goodSince = now;
            _stability = look.Stability;
        }

        return now - _goodSince >= Stable ? Verified(now, look) : TooLate(now);
    }

    /// <summary>
    /// What was good, and only has more coming than before, is verified without waiting for a moment in which nothing comes: whatever was
    /// coming has had its whole time since, and no fault was seen. Where most of what was good is no longer there, or the problem shows
    /// again, it waits for a good look.
    /// </summary>
    private CheckResult? Open(DateTimeOffset now, CheckResult look)
    {
        if (look.ProblemShows)
        {
            _goodSince = null;
        }

        if (_goodSince is not null)
        {
            return now - _goodSince >= Stable + Needs && look.Progress * 2 >= _whenGood ? Verified(now, look) : TooLate(now);
        }

        _faultSince ??= now;
        return now - _faultSince > Needs || now >= End ? Failed(_last) : null;
    }

    private CheckResult? Bad(DateTimeOffset now)
    {
        _goodSince = null;
        _faultSince ??= now;
        _badSince ??= now;
        return now - _badSince > within || now - _faultSince > Needs || now >= End ? Failed(_last) : null;
    }

    private CheckResult? TooLate(DateTimeOffset now) =>
        now < End ? null : Failed($"{_last}, but it changed or restarted {_changes} times while it was watched");

    private CheckResult? Nothing(DateTimeOffset now)
    {
        _nothingSince ??= now;
        return now - _nothingSince > LongestNothing
            ? new(false, $"{_last}, for {LongestNothing.TotalHours:0} h: whether it helped cannot be seen") { Open = true, Nothing = true }
            : null;
    }

    private CheckResult? Blind(DateTimeOffset now)
    {
        _blindSince ??= now;
        return now - _blindSince > LongestBlind
            ? Failed($"it could not be checked for {LongestBlind.TotalMinutes:0} min; before: {_last}")
            : null;
    }

    private CheckResult Verified(DateTimeOffset now, CheckResult look) =>
        look with { Good = true, Open = false, Observed = $"{look.Observed}, for {(now - _goodSince!.Value).TotalSeconds:0} s" };

    private static CheckResult Failed(string observed) => new(false, observed);
}
