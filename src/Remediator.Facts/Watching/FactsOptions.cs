namespace Remediator.Facts.Watching;

/// <summary>How the cluster is watched. The defaults suit clusters of any size.</summary>
public sealed class FactsOptions
{
    public const string Section = "Facts";

    /// <summary>
    /// A quiet watch is ended and begun again after about so many seconds: its orderly end proves that nothing was missed.
    /// </summary>
    public int WatchSeconds { get; set; } = 20;

    /// <summary>A watch or list that has given nothing for so much longer than it should is cut.</summary>
    public TimeSpan Slack { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Objects per page of a list.</summary>
    public int PageSize { get; set; } = 500;

    /// <summary>The longest one page of a list may take.</summary>
    public TimeSpan PageTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan FirstBackoff { get; set; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan LongestBackoff { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a kind is tried again that the server lacks or forbids.</summary>
    public TimeSpan MissingRetry { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Changes are gathered for so long before a new view is published.</summary>
    public TimeSpan PublishEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A view is published at least so often, since ages change when nothing else does.</summary>
    public TimeSpan PublishAtLeastEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A container that restarted twice, last within this time, is crashing. Multiplied by <see cref="DurationScale"/>.</summary>
    public TimeSpan CrashWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A revision that has run well as a whole for so long is good to go back to. Multiplied by <see cref="DurationScale"/>.
    /// </summary>
    public TimeSpan GoodAfter { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>What one second of a playbook means here: 1, or less in tests.</summary>
    public double DurationScale { get; set; } = 1;

    /// <summary>Alerts may come long after their pod is gone; its owner is known for so long.</summary>
    public TimeSpan RememberPods { get; set; } = TimeSpan.FromHours(6);

    /// <summary>The most deleted pods to remember.</summary>
    public int RememberPodsAtMost { get; set; } = 50_000;

    /// <summary>All that is wrong with these settings.</summary>
    public IEnumerable<string> Faults()
    {
        if (WatchSeconds is < 1 or > 300)
            yield return $"{Section}:{nameof(WatchSeconds)} is {WatchSeconds}; it must be from 1 to 300.";
        if (PageSize < 1)
            yield return $"{Section}:{nameof(PageSize)} is {PageSize}; it must be 1 or more.";
        if (DurationScale <= 0)
            yield return $"{Section}:{nameof(DurationScale)} is {DurationScale}; it must be more than 0.";
        if (RememberPodsAtMost < 0)
            yield return $"{Section}:{nameof(RememberPodsAtMost)} is {RememberPodsAtMost}; it must be 0 or more.";

        (string Name, TimeSpan Value)[] times =
        [
            (nameof(Slack), Slack), (nameof(PageTimeout), PageTimeout), (nameof(FirstBackoff), FirstBackoff),
            (nameof(LongestBackoff), LongestBackoff),
            (nameof(MissingRetry), MissingRetry), (nameof(PublishEvery), PublishEvery), (nameof(PublishAtLeastEvery), PublishAtLeastEvery),
            (nameof(CrashWindow), CrashWindow), (nameof(GoodAfter), GoodAfter), (nameof(RememberPods), RememberPods),
        ];
        foreach (var (name, value) in times.Where(t => t.Value <= TimeSpan.Zero))
            yield return $"{Section}:{name} is {value}; it must be more than 0.";
    }
}
