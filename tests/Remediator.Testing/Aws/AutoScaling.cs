using System.Globalization;
using System.Xml.Linq;

namespace Remediator.Testing.Aws;

/// <summary>Operations of EC2 Auto Scaling, API version 2011-01-01.</summary>
/// <param name="may">As for EC2.</param>
internal sealed class AutoScaling(AwsModel model, Func<string, IReadOnlyDictionary<string, string>?, bool> may)
{
    private static readonly XNamespace Namespace = "http://autoscaling.amazonaws.com/doc/2011-01-01/";

    public IEnumerable<XElement> Answer(string action, IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.GetValueOrDefault("Version") != "2011-01-01")
            throw new AwsErrorException(400, "InvalidParameterValue", "This endpoint knows version 2011-01-01 alone.");
        return action switch
        {
            "DescribeAutoScalingGroups" => Groups(parameters),
            "DescribeAutoScalingInstances" => Instances(parameters),
            "DescribeScalingActivities" => Activities(parameters),
            "EnterStandby" => EnterStandby(parameters),
            "ExitStandby" => ExitStandby(parameters),
            "SetDesiredCapacity" => SetDesiredCapacity(parameters),
            "TerminateInstanceInAutoScalingGroup" => Terminate(parameters),
            _ => throw new AwsErrorException(400, "InvalidAction", $"Could not find operation {action} for version 2011-01-01"),
        };
    }

    public static string Envelope(string action, IEnumerable<XElement> result) => E(
        $"{action}Response", E($"{action}Result", result), E("ResponseMetadata", E("RequestId", Guid.NewGuid())))
        .ToString(SaveOptions.DisableFormatting);

    public static string Error(AwsErrorException e) => E(
        "ErrorResponse", E("Error", E("Type", e.Status < 500 ? "Sender" : "Receiver"), E("Code", e.Code), E("Message", e.Message)),
        E("RequestId", Guid.NewGuid())).ToString(SaveOptions.DisableFormatting);

    /// <summary>One group on a page, and the first page empty: pages say nothing about what is still to come.</summary>
    private IEnumerable<XElement> Groups(IReadOnlyDictionary<string, string> parameters)
    {
        Allow("DescribeAutoScalingGroups", null);
        var names = Members(parameters, "AutoScalingGroupNames");
        var groups = model.Groups.Values.Where(g => names.Count == 0 || names.Contains(g.Name)).ToList();
        var page = parameters.GetValueOrDefault("NextToken") is { } token
            ? int.Parse(token, CultureInfo.InvariantCulture)
            : 0;
        var members = page == 0 ? [] : groups.Skip(page - 1).Take(1);
        var list = E("AutoScalingGroups", members.Select(Group));
        return page < groups.Count ? [list, E("NextToken", page + 1)] : [list];
    }

    private IEnumerable<XElement> Instances(IReadOnlyDictionary<string, string> parameters)
    {
        Allow("DescribeAutoScalingInstances", null);
        var found = Members(parameters, "InstanceIds").Select(model.Read).OfType<ModelInstance>().Where(i => i.Group.Length > 0)
            .Select(i => E(
                "member", E("InstanceId", i.Id), E("InstanceType", "m7i.large"), E("AutoScalingGroupName", i.Group),
                E("AvailabilityZone", i.Zone), E("LifecycleState", i.Lifecycle), E("HealthStatus", i.Health.ToUpperInvariant()),
                E("ProtectedFromScaleIn", i.IsProtected ? "true" : "false")))
            .ToList();
        model.WasRead();
        return [E("AutoScalingInstances", found)];
    }

    private IEnumerable<XElement> Activities(IReadOnlyDictionary<string, string> parameters)
    {
        Allow("DescribeScalingActivities", null);
        var group = Named(parameters);
        var failed = group.LaunchFault.Length > 0 ? new[] { Activity(group, "Launching a new EC2 instance", "Failed", 100) } : [];
        var over = group.Ended.OrderByDescending(a => a.At).Select(a =>
        {
            var activity = Activity(group, a.What, a.Status, 100);
            activity.Add(E("EndTime", $"{a.At.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"));
            return activity;
        });
        return [E("Activities", failed.Concat(group.Activities.Select(a => Activity(group, a, "InProgress", 20))).Concat(over))];
    }

    private IEnumerable<XElement> EnterStandby(IReadOnlyDictionary<string, string> parameters)
    {
        var decrements = parameters.GetValueOrDefault("ShouldDecrementDesiredCapacity") switch
        {
            "true" => true,
            "false" => false,
            _ => throw Invalid("1 validation error detected: Value null at 'shouldDecrementDesiredCapacity' failed to satisfy constraint: "
                + "Member must not be null"),
        };
        var group = Named(parameters);
        Allow("EnterStandby", group.Tags);
        var instances = Of(group, parameters);
        if (instances.FirstOrDefault(i => i.Lifecycle != "InService") is { } other)
            throw Invalid($"The instance {other.Id} is not in InService.");
        if (decrements && group.Desired - instances.Count < group.Min)
            throw Invalid($"{Sizes(group)} To place into standby {instances.Count} instance,"
                + " please update the AutoScalingGroup sizes appropriately.");
        foreach (var instance in instances)
            model.Move(instance, "EnteringStandby", decrements ? -1 : 0);
        return [E("Activities", instances.Select(i => Activity(group, $"Moving EC2 instance to Standby: {i.Id}", "InProgress", 50)))];
    }

    private IEnumerable<XElement> ExitStandby(IReadOnlyDictionary<string, string> parameters)
    {
        var group = Named(parameters);
        Allow("ExitStandby", group.Tags);
        var instances = Of(group, parameters);
        if (instances.FirstOrDefault(i => i.Lifecycle != "Standby") is { } other)
            throw Invalid($"The instance {other.Id} is not in Standby.");
        if (group.Desired + instances.Count > group.Max)
            throw Invalid(Sizes(group));
        foreach (var instance in instances)
            model.Move(instance, "Pending", 1);
        return
        [
            E("Activities", instances.Select(i => Activity(group, $"Moving EC2 instance out of Standby: {i.Id}", "PreInService", 30))),
        ];
    }

    private List<XElement> SetDesiredCapacity(IReadOnlyDictionary<string, string> parameters)
    {
        var group = Named(parameters);
        Allow("SetDesiredCapacity", group.Tags);
        var wanted = int.Parse(parameters["DesiredCapacity"], CultureInfo.InvariantCulture);
        if (wanted > group.Max || wanted < group.Min)
            throw Invalid($"New SetDesiredCapacity value {wanted} is outside the limits of {Sizes(group)}");
        model.Want(group, wanted);
        return [];
    }

    private List<XElement> Terminate(IReadOnlyDictionary<string, string> parameters)
    {
        var decrements = parameters.GetValueOrDefault("ShouldDecrementDesiredCapacity") switch
        {
            "true" => true,
            "false" => false,
            _ => throw Invalid("1 validation error detected: Value null at 'shouldDecrementDesiredCapacity' failed to satisfy constraint: "
                + "Member must not be null"),
        };
        var id = parameters.GetValueOrDefault("InstanceId") ?? "";
        if (model.Instances.GetValueOrDefault(id) is not { Group.Length: > 0 } instance)
            throw Invalid($"Instance Id not found - No managed instance found for instance ID: {id}");
        var group = model.Groups[instance.Group];
        Allow("TerminateInstanceInAutoScalingGroup", group.Tags);
        if (instance.Lifecycle.StartsWith("Warmed", StringComparison.Ordinal))
            throw Invalid($"The instance {id} is in a warm pool.");
        if (decrements && group.Desired - 1 < group.Min)
            throw Invalid($"Currently, desiredSize equals minSize ({group.Min}). Terminating instance without replacement will violate "
                + "group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.");
        model.Terminate(instance, decrements);
        return [Activity(group, $"Terminating EC2 instance: {id}", "InProgress", 0)];
    }

    private XElement Group(ModelGroup g) => E(
        "member", E("AutoScalingGroupName", g.Name), E("MinSize", g.Min), E("MaxSize", g.Max), E("DesiredCapacity", g.Desired),
        E("DefaultCooldown", 300), E("AvailabilityZones", g.Zones.Select(z => E("member", z))), E("LoadBalancerNames"),
        E("TargetGroupARNs"), E("HealthCheckType", "EC2"), E("HealthCheckGracePeriod", 0),
        E("Instances", model.Instances.Values.Where(i => i.Group == g.Name).Select(i => E(
            "member", E("InstanceId", i.Id), E("AvailabilityZone", i.Zone), E("LifecycleState", i.Lifecycle), E("HealthStatus", i.Health),
            E("ProtectedFromScaleIn", "false")))),
        E("CreatedTime", "2026-11-01T00:00:00Z"), g.HasMixedInstances ? E("MixedInstancesPolicy", E("LaunchTemplate")) : null,
        g.ReusesInstances ? E("WarmPoolConfiguration", E("InstanceReusePolicy", E("ReuseOnScaleIn", "true"))) : null,
        E("SuspendedProcesses", g.Suspended.Select(p => E(
            "member", E("ProcessName", p), E("SuspensionReason", "User suspended at 2026-11-25T10:00:00Z")))));

    private static XElement Activity(ModelGroup group, string description, string status, int progress) => E(
        "member", E("ActivityId", Guid.NewGuid()), E("AutoScalingGroupName", group.Name), E("Description", description),
        E("Cause", "At 2026-11-26T08:00:00Z it was asked for."), E("StartTime", "2026-11-26T08:00:00Z"), E("StatusCode", status),
        status == "Failed" ? E("StatusMessage", group.LaunchFault) : null, E("Progress", progress));

    private static XElement E(string name, params object?[] content) => new(Namespace + name, content);

    private void Allow(string action, IReadOnlyDictionary<string, string>? tags)
    {
        if (!may($"autoscaling:{action}", tags))
            throw new AwsErrorException(403, "AccessDenied", $"User is not authorized to perform: autoscaling:{action}");
    }

    private ModelGroup Named(IReadOnlyDictionary<string, string> parameters) =>
        model.Groups.GetValueOrDefault(parameters.GetValueOrDefault("AutoScalingGroupName") ?? "")
        ?? throw Invalid("AutoScalingGroup name not found - AutoScalingGroup not found");

    private List<ModelInstance> Of(ModelGroup group, IReadOnlyDictionary<string, string> parameters) =>
        Members(parameters, "InstanceIds").ConvertAll(id =>
            model.Instances.GetValueOrDefault(id) is { } instance && instance.Group == group.Name
                ? instance
                : throw Invalid($"The instance {id} is not part of Auto Scaling group {group.Name}."));

    private static List<string> Members(IReadOnlyDictionary<string, string> parameters, string list) =>
        [.. parameters.Where(p => p.Key.StartsWith($"{list}.member.", StringComparison.Ordinal)).Select(p => p.Value)];

    private static string Sizes(ModelGroup group) =>
        $"AutoScalingGroup {group.Name} has min-size={group.Min}, max-size={group.Max}, and desired-size={group.Desired}.";

    private static AwsErrorException Invalid(string message) => new(400, "ValidationError", message);
}
