using System.Globalization;
using System.Xml.Linq;
using Remediator.Core.Language;

namespace Remediator.Actions.Aws.AutoScaling;

/// <summary>A group, as far as it is needed; named as in the API reference.</summary>
internal sealed record AutoScalingGroup
{
    public required string AutoScalingGroupName { get; init; }
    public required int MinSize { get; init; }
    public required int MaxSize { get; init; }
    public required int DesiredCapacity { get; init; }
    public required IReadOnlyList<string> AvailabilityZones { get; init; }
    public required string HealthCheckType { get; init; }
    public required IReadOnlyList<string> SuspendedProcesses { get; init; }
    public required IReadOnlyList<GroupInstance> Instances { get; init; }
    /// <summary><c>Delete in progress</c> while the group is being deleted; else empty.</summary>
    public required string Status { get; init; }
    /// <summary>It has a choice of types, and of spot and on-demand instances.</summary>
    public bool HasMixedInstances { get; init; }
    /// <summary>What it ends goes back into its warm pool, and comes again from there.</summary>
    public bool ReusesInstances { get; init; }

    /// <summary>
    /// It has more in service than it wants, as when it balances its zones, and ends one that it chooses by itself; null where it has not.
    /// </summary>
    public string? Surplus => Instances.Count(i => i.LifecycleState == "InService") is var serving && serving > DesiredCapacity
        ? $"its Auto Scaling group {AutoScalingGroupName} has {Plural.Of(serving, "instance")} in service and wants {DesiredCapacity}: "
            + "it is about to end one"
        : null;

    public IEnumerable<string> InstanceIds => Instances.Select(i => i.InstanceId);

    public static AutoScalingGroup Of(XElement e) => new()
    {
        AutoScalingGroupName = e.Text("AutoScalingGroupName"),
        MinSize = e.Number("MinSize"),
        MaxSize = e.Number("MaxSize"),
        DesiredCapacity = e.Number("DesiredCapacity"),
        AvailabilityZones = [.. e.Members("AvailabilityZones").Select(z => z.Value.Trim())],
        HealthCheckType = e.Text("HealthCheckType"),
        SuspendedProcesses = [.. e.Members("SuspendedProcesses").Select(p => p.Text("ProcessName"))],
        Instances = [.. e.Members("Instances").Select(GroupInstance.Of)],
        Status = e.Text("Status"),
        HasMixedInstances = e.Child("MixedInstancesPolicy") is { HasElements: true },
        ReusesInstances = e.Child("WarmPoolConfiguration")?.Child("InstanceReusePolicy")?.Flag("ReuseOnScaleIn") == true,
    };
}

internal sealed record GroupInstance(string InstanceId, string AvailabilityZone, string LifecycleState, string HealthStatus)
{
    public static GroupInstance Of(XElement e) =>
        new(e.Text("InstanceId"), e.Text("AvailabilityZone"), e.Text("LifecycleState"), e.Text("HealthStatus"));
}

/// <summary>An instance with the group that it belongs to.</summary>
internal sealed record AutoScalingInstanceDetails(
    string InstanceId, string AutoScalingGroupName, string AvailabilityZone, string LifecycleState, string HealthStatus,
    bool ProtectedFromScaleIn)
{
    public static AutoScalingInstanceDetails Of(XElement e) => new(
        e.Text("InstanceId"), e.Text("AutoScalingGroupName"), e.Text("AvailabilityZone"), e.Text("LifecycleState"),
        e.Text("HealthStatus"), e.Flag("ProtectedFromScaleIn"));
}

/// <param name="StatusCode"><c>Successful</c>, <c>Failed</c> and <c>Cancelled</c> are the ends; any other goes on.</param>
/// <param name="StatusMessage">Why it failed; else mostly empty.</param>
/// <param name="EndTime">Null while it goes on.</param>
internal sealed record Activity(string ActivityId, string Description, string StatusCode, string StatusMessage, DateTimeOffset? EndTime)
{
    public bool GoesOn => StatusCode is not ("Successful" or "Failed" or "Cancelled");

    public static Activity Of(XElement e) =>
        new(e.Text("ActivityId"), e.Text("Description"), e.Text("StatusCode"), e.Text("StatusMessage"), e.Time("EndTime"));
}

/// <summary>Answers of the query protocol, whatever their namespace.</summary>
internal static class QueryXml
{
    public static XElement? Child(this XElement e, string name) => e.Elements().FirstOrDefault(c => c.Name.LocalName == name);

    public static string Text(this XElement e, string name) => e.Child(name)?.Value.Trim() ?? "";

    /// <summary>As XML writes it, in whatever case; false where it is left out.</summary>
    /// <exception cref="FormatException">It is neither: nothing is decided by such an answer.</exception>
    public static bool Flag(this XElement e, string name) => e.Text(name) switch
    {
        "" or "0" => false,
        "1" => true,
        var text => bool.Parse(text),
    };

    /// <summary>Null where it is left out.</summary>
    /// <exception cref="FormatException">It is no time: nothing is decided by such an answer.</exception>
    public static DateTimeOffset? Time(this XElement e, string name) => e.Text(name) is { Length: > 0 } text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
        : null;

    public static IEnumerable<XElement> Members(this XElement e, string list) =>
        e.Child(list)?.Elements().Where(m => m.Name.LocalName == "member") ?? [];

    /// <exception cref="FormatException">It is missing, or no number: nothing is decided by such an answer.</exception>
    public static int Number(this XElement e, string name) => int.Parse(e.Text(name), NumberStyles.None, CultureInfo.InvariantCulture);
}
