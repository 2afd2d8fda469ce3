namespace Remediator.Core.Incidents;

/// <summary>
/// Ids of incidents and runs: the time at which they were opened in milliseconds, 48 bits of it, then 32 random ones, in Crockford's
/// base 32.
/// </summary>
public static class IncidentIds
{
    public const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>Of a whole id, in characters.</summary>
    public const int Length = 16;

    /// <summary>With fewer characters the time is not known to the millisecond.</summary>
    private const int OfTime = 10;

    /// <param name="id">An id, or so much of its beginning that the time is in it.</param>
    /// <returns>Null where it is neither.</returns>
    public static DateTimeOffset? OpenedAt(string id)
    {
        if (id.Length is < OfTime or > Length || id.Any(c => !Alphabet.Contains(c, StringComparison.Ordinal)))
        {
            return null;
        }

        var bits = id[..OfTime].Aggregate(0L, (sum, c) => (sum << 5) | (uint)Alphabet.IndexOf(c, StringComparison.Ordinal));
        var time = bits >> ((OfTime * 5) - 48);
        return time <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
    }
}
