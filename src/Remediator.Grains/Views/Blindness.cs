using Remediator.Core.Facts;

namespace Remediator.Grains.Views;

/// <summary>
/// How long the cluster has not been seen, by elapsed time: a clock that is set, or a machine that was suspended, makes nobody blind.
/// </summary>
/// <param name="patience">
/// The first lists of a large cluster take a while, and a control plane that is upgraded is away for a moment.
/// </param>
internal sealed class Blindness(TimeProvider time, TimeSpan maxAge, TimeSpan patience)
{
    private DateTimeOffset? _freshAt;
    private long _newsAt;
    private long? _untrustedSince;

    /// <returns>
    /// True where the view cannot be trusted, and either has had no news for so long or has not been trusted for so long. The time in which
    /// a view grew too old is part of it: people do not wait for it twice.
    /// </returns>
    public bool IsLong(ViewStatus view)
    {
        if (view.FreshAt != _freshAt)
            (_freshAt, _newsAt) = (view.FreshAt, time.GetTimestamp());
        if (view.CanBeTrusted(time.GetUtcNow(), maxAge))
        {
            _untrustedSince = null;
            return false;
        }

        var untrusted = _untrustedSince ??= time.GetTimestamp();
        return time.GetElapsedTime(_newsAt) >= patience || time.GetElapsedTime(untrusted) >= patience;
    }
}
