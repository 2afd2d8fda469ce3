namespace Remediator.Facts.Projection;

/// <summary>What has to be looked at once a minute, each at a second of its own: ages are whole minutes.</summary>
/// <param name="secondOf">From 0 to 59; -1 for what is gone. What changes it has to be added again.</param>
internal sealed class MinuteWheel<T>(Func<T, int> secondOf)
{
    private const int Seconds = 60;

    private readonly List<T>[] _seconds = [.. Enumerable.Range(0, Seconds).Select(_ => new List<T>())];
    private long? _last;

    /// <summary>The second of the minute by which another whole minute since then is over.</summary>
    public static int SecondOf(DateTimeOffset since) =>
        (int)((since.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond % Seconds);

    public void Add(T item) => _seconds[secondOf(item)].Add(item);

    /// <summary>All whose second has passed since this was last asked.</summary>
    public List<T> Due(DateTimeOffset now)
    {
        var second = now.UtcTicks / TimeSpan.TicksPerSecond;
        var passed = _last is { } last && second >= last ? Math.Min(second - last, Seconds) : Seconds;
        _last = second;
        var due = new List<T>();
        for (var s = second - passed + 1; s <= second; s++)
        {
            var place = (int)(s % Seconds);
            _seconds[place].RemoveAll(i => secondOf(i) != place);
            due.AddRange(_seconds[place]);
        }

        return due;
    }
}
