using System.Globalization;
using System.Text;
using Remediator.Actions.Masking;

namespace Remediator.Actions.Hosts.Descriptors;

/// <summary>What was seen of a process, for people and as labels of a fact.</summary>
internal static class DescriptorText
{
    private const int RowsShown = 8;

    public static Dictionary<string, string> Labels(DescriptorState seen, DescriptorGrowth? growth, double scale, string host) => new()
    {
        ["host"] = host,
        ["process"] = seen.Name,
        ["pid"] = Text(seen.Pid),
        ["started"] = seen.Started,
        ["open"] = Text(seen.Open),
        ["limit"] = Text(seen.Limit),
        ["hard_limit"] = seen.HardLimit,
        ["used_percent"] = Text(seen.UsedPercent),
        ["short"] = seen.Short,
        ["trouble"] = seen.Trouble(growth, scale),
        ["growth_per_minute"] = growth is { } grows ? Text(grows.PerMinute) : "",
        ["histogram"] = seen.Histogram(RowsShown),
        ["host_open"] = Text(seen.HostOpen),
        ["host_limit"] = seen.HostLimit is { } limit ? Text(limit) : "",
        ["boot_id"] = seen.Identity["boot_id"],
        ["uptime_seconds"] = Text(seen.Uptime),
        ["reached_by"] = seen.Reached,
    };

    /// <param name="of">What the process is of: <c>unit nginx.service</c>.</param>
    public static string Whole(DescriptorState seen, string of)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"process {seen.Name} ({seen.Pid}) of {of} has {seen.Open} open, and may have {seen.Limit} (at most {seen.HardLimit})");
        if (seen.Counted is { } counted)
            text.Append(CultureInfo.InvariantCulture, $"; {counted.Second - counted.First:+0;-0;0} within {counted.Seconds} s");
        text.Append(CultureInfo.InvariantCulture, $"\nhost: {seen.HostOpen} of ")
            .Append(seen.HostLimit is { } limit
                ? limit.ToString(CultureInfo.InvariantCulture)
                : "any number: alerts on the limit of the whole host, such as NodeFileDescriptorLimit, cannot fire here")
            .Append(CultureInfo.InvariantCulture, $"\ninotify instances of its user: {seen.Inotify} of {seen.InotifyLimit}");
        if (seen.InotifyHolders.Count > 0)
            text.Append(": ").AppendJoin(", ", seen.InotifyHolders);
        text.Append('\n');
        foreach (var row in seen.Rows)
            text.Append(row.Describe()).Append('\n');
        return EvidenceText.Head(text.ToString(), 8000);
    }

    /// <summary>Which limit is near, and what uses it up, in one sentence.</summary>
    public static string Reason(DescriptorState seen, string process) => seen.Short switch
    {
        "inotify" => string.Create(
            CultureInfo.InvariantCulture,
            $"{process} has {seen.Open} of {seen.Limit} descriptors open, but its user has {seen.Inotify} of {seen.InotifyLimit} inotify "
                + $"instances (fs.inotify.max_user_instances): {string.Join(", ", seen.InotifyHolders.Take(3))}"),
        "host" => string.Create(
            CultureInfo.InvariantCulture,
            $"the whole host has {seen.HostOpen} of {seen.HostLimit} files open (fs.file-max), and {process} has most of "
                + $"them, {seen.Open}: {seen.Histogram(3)}"),
        _ => string.Create(
            CultureInfo.InvariantCulture, $"{process} has {seen.Open} of {seen.Limit} descriptors open: {seen.Histogram(3)}"),
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number) => Math.Round(number, 1).ToString(CultureInfo.InvariantCulture);
}
