using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Remediator.Testing.Aws;

/// <summary>Operations of EC2, API version 2016-11-15.</summary>
/// <param name="may">Whether IAM allows an action on something with these tags; null where the action knows no resources.</param>
internal sealed partial class Ec2(AwsModel model, Func<string, IReadOnlyDictionary<string, string>?, bool> may)
{
    private static readonly XNamespace Namespace = "http://ec2.amazonaws.com/doc/2016-11-15/";

    private static readonly Dictionary<string, int> Codes = new(StringComparer.Ordinal)
    {
        ["pending"] = 0, ["running"] = 16, ["shutting-down"] = 32, ["terminated"] = 48, ["stopping"] = 64, ["stopped"] = 80,
    };

    public IEnumerable<XElement> Answer(string action, IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.GetValueOrDefault("Version") != "2016-11-15")
            throw new AwsErrorException(400, "InvalidParameterValue", "This endpoint knows version 2016-11-15 alone.");
        return action switch
        {
            "DescribeInstances" => Read(action, parameters, instances =>
                E("reservationSet", instances.Select(Reservation))),
            "DescribeInstanceStatus" => Read(action, parameters, instances =>
                E("instanceStatusSet", instances
                    .Where(i => parameters.GetValueOrDefault("IncludeAllInstances") == "true" || i.State == "running")
                    .Select(Status))),
            "DescribeInstanceTypes" => Types(parameters),
            "DescribeSpotInstanceRequests" => Read(action, parameters, instances =>
                E("spotInstanceRequestSet", instances.Where(i => i.IsSpot).Select(SpotRequest))),
            "DescribeVolumes" => DescribeVolumes(parameters),
            "DescribeVolumesModifications" => DescribeChanges(parameters),
            "ModifyVolume" => ModifyVolume(parameters),
            "GetConsoleOutput" => Console(parameters),
            "RebootInstances" => Reboot(parameters),
            "StopInstances" => Stop(parameters),
            "StartInstances" => Start(parameters),
            _ => throw new AwsErrorException(400, "InvalidAction", $"The action {action} is not valid for this web service."),
        };
    }

    public static string Envelope(string action, IEnumerable<XElement> result) =>
        E($"{action}Response", E("requestId", Guid.NewGuid()), result).ToString(SaveOptions.DisableFormatting);

    public static string Error(AwsErrorException e) => new XElement(
        "Response",
        new XElement("Errors", new XElement("Error", new XElement("Code", e.Code), new XElement("Message", e.Message))),
        new XElement("RequestID", Guid.NewGuid())).ToString(SaveOptions.DisableFormatting);

    private IEnumerable<XElement> Read(
        string action, IReadOnlyDictionary<string, string> parameters, Func<IEnumerable<ModelInstance>, XElement> write)
    {
        if (!may($"ec2:{action}", null))
            throw new AwsErrorException(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
        var ids = Ids(parameters);
        var known = model.Instances.Keys.Where(id => Passes(model.Instances[id], parameters)).ToList();
        var found = (ids.Count > 0 ? ids : known).Select(id => model.Read(id) ?? throw Unknown(id)).ToList();
        model.WasRead();
        return [write(found)];
    }

    private IEnumerable<XElement> Reboot(IReadOnlyDictionary<string, string> parameters)
    {
        var ids = Ids(parameters);
        if (ids.Count == 0)
            throw new AwsErrorException(400, "MissingParameter", "The request must contain the parameter InstanceId");
        var instances = ids.ConvertAll(id => model.Instances.GetValueOrDefault(id) ?? throw Unknown(id));
        if (instances.Any(i => !may("ec2:RebootInstances", i.Tags)))
            throw new AwsErrorException(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
        if (instances.FirstOrDefault(i => i.State != "running") is { } other)
            throw new AwsErrorException(400, "IncorrectState", $"The instance '{other.Id}' is not in the 'running' state.");
        instances.ForEach(model.Reboot);
        return [E("return", "true")];
    }

    /// <summary>One that is stopped already stays so.</summary>
    private IEnumerable<XElement> Stop(IReadOnlyDictionary<string, string> parameters) => Switch("StopInstances", parameters, instance =>
    {
        if (instance.IsSpot || !instance.IsEbs)
            throw new AwsErrorException(400, "UnsupportedOperation", $"The instance '{instance.Id}' does not support the 'stop' operation");
        if (instance.IsStopProtected)
            throw new AwsErrorException(400, "OperationNotPermitted", $"The instance '{instance.Id}' may not be stopped");
        if (instance.State is not ("running" or "stopping" or "stopped"))
            throw new AwsErrorException(
                400, "IncorrectInstanceState", $"The instance '{instance.Id}' is not in a state from which it can be stopped.");
        if (instance.State is "running")
            model.Stop(instance);
    });

    /// <summary>One that runs already goes on.</summary>
    private IEnumerable<XElement> Start(IReadOnlyDictionary<string, string> parameters) => Switch("StartInstances", parameters, instance =>
    {
        if (instance.State is not ("running" or "pending" or "stopped"))
            throw new AwsErrorException(
                400, "IncorrectInstanceState", $"The instance '{instance.Id}' is not in a state from which it can be started.");
        if (instance.HasNoCapacity)
            throw new AwsErrorException(500, "InsufficientInstanceCapacity", "Insufficient capacity.");
        if (instance.State is "stopped")
            model.Start(instance);
    });

    private IEnumerable<XElement> Switch(string action, IReadOnlyDictionary<string, string> parameters, Action<ModelInstance> change)
    {
        var ids = Ids(parameters);
        if (ids.Count == 0)
            throw new AwsErrorException(400, "MissingParameter", "The request must contain the parameter InstanceId");
        var instances = ids.ConvertAll(id => model.Instances.GetValueOrDefault(id) ?? throw Unknown(id));
        if (instances.Any(i => !may($"ec2:{action}", i.Tags)))
            throw new AwsErrorException(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
        var before = instances.ConvertAll(i => State("previousState", i));
        instances.ForEach(change);
        return
        [
            E("instancesSet", instances.Select((i, n) => E("item", E("instanceId", i.Id), State("currentState", i), before[n]))),
        ];
    }

    private XElement[] DescribeVolumes(IReadOnlyDictionary<string, string> parameters)
    {
        if (!may("ec2:DescribeVolumes", null))
            throw new AwsErrorException(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
        var volume = Volume(parameters.GetValueOrDefault("VolumeId.1"));
        return [E("volumeSet", E(
            "item", E("volumeId", volume.Id), E("size", volume.Size), E("volumeType", "gp3"),
            E("status", volume.Instance.Length > 0 ? "in-use" : "available"),
            E("attachmentSet", volume.Instance.Length == 0 ? null : E(
                "item", E("volumeId", volume.Id), E("instanceId", volume.Instance), E("device", "/dev/xvda"), E("status", "attached")))))];
    }

    /// <summary>By filter: by id, EC2 answers with an error for a volume that was never changed (aws-sdk-rust #1346).</summary>
    private XElement[] DescribeChanges(IReadOnlyDictionary<string, string> parameters)
    {
        if (!may("ec2:DescribeVolumesModifications", null))
            throw new AwsErrorException(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
        if (parameters.GetValueOrDefault("Filter.1.Name") != "volume-id")
            throw new AwsErrorException(400, "InvalidParameterValue", "Only the filter volume-id is known here.");
        return [E("volumeModificationSet", model.Volumes.Values
            .Where(v => v.Id == parameters.GetValueOrDefault("Filter.1.Value.1") && v.State.Length > 0 && !v.IsChangeHidden)
            .Select(Modification))];
    }

    private XElement[] ModifyVolume(IReadOnlyDictionary<string, string> parameters)
    {
        var volume = Volume(parameters.GetValueOrDefault("VolumeId"));
        if (!may("ec2:ModifyVolume", volume.Tags))
            throw new AwsErrorException(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
        var size = int.Parse(parameters["Size"], CultureInfo.InvariantCulture);
        if (volume.State is "modifying" or "optimizing")
            throw new AwsErrorException(
                400, "IncorrectModificationState",
                $"Volume '{volume.Id}' cannot be modified in modification state {volume.State.ToUpperInvariant()}");
        if (size < volume.Size)
            throw new AwsErrorException(
                400, "InvalidParameterValue", $"New size cannot be smaller than existing size, {volume.Size} GiB");
        (volume.Original, volume.Target, volume.State, volume.ChangedAt) =
            (volume.Size, size, "modifying", TimeProvider.System.GetUtcNow());
        return [E("volumeModification", Modification(volume).Nodes())];
    }

    private ModelVolume Volume(string? id) => model.Volumes.GetValueOrDefault(id ?? "")
        ?? throw new AwsErrorException(400, "InvalidVolume.NotFound", $"The volume '{id}' does not exist.");

    private static XElement Modification(ModelVolume v) => E(
        "item", E("volumeId", v.Id), E("modificationState", v.State), E("targetSize", v.Target), E("originalSize", v.Original),
        E("progress", v.State == "completed" ? 100 : 0), E("startTime", $"{v.ChangedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}"));

    private XElement[] Types(IReadOnlyDictionary<string, string> parameters)
    {
        if (!may("ec2:DescribeInstanceTypes", null))
            throw new AwsErrorException(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
        var types = parameters.Where(p => p.Key.StartsWith("InstanceType.", StringComparison.Ordinal)).Select(p => p.Value);
        return [E("instanceTypeSet", types.Select(t => E(
            "item", E("instanceType", t), E("instanceStorageSupported", t.Split('.')[0].EndsWith('d') ? "true" : "false"))))];
    }

    private XElement[] Console(IReadOnlyDictionary<string, string> parameters)
    {
        var id = parameters.GetValueOrDefault("InstanceId") ?? throw new AwsErrorException(
            400, "MissingParameter", "The request must contain the parameter InstanceId");
        var instance = model.Instances.GetValueOrDefault(id) ?? throw Unknown(id);
        if (!may("ec2:GetConsoleOutput", instance.Tags))
            throw new AwsErrorException(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
        var latest = parameters.GetValueOrDefault("Latest") == "true";
        if (latest && !instance.IsNitro)
            throw new AwsErrorException(400, "UnsupportedOperation", "This operation is not supported for this instance type.");
        return
        [
            E("instanceId", id), E("timestamp", "2026-11-26T08:00:00.000Z"),
            E("output", Convert.ToBase64String(Encoding.UTF8.GetBytes(latest ? instance.Console : "it starts\n"))),
        ];
    }

    /// <summary>Each filter has to hold, by one of its values.</summary>
    private static bool Passes(ModelInstance instance, IReadOnlyDictionary<string, string> parameters) =>
        parameters.Where(p => Filter().IsMatch(p.Key)).All(f => parameters.Any(
            p => p.Key.StartsWith(f.Key.Replace("Name", "Value.", StringComparison.Ordinal), StringComparison.Ordinal)
                && f.Value switch
                {
                    "instance-id" => p.Value == instance.Id,
                    "private-ip-address" => p.Value == (instance.State is "terminated" ? "" : instance.Address),
                    "instance-state-name" => p.Value == instance.State,
                    "tag-key" => instance.Tags.ContainsKey(p.Value),
                    var other => throw new AwsErrorException(
                        400, "InvalidParameterValue", $"The filter '{other}' is invalid"),
                }));

    private static List<string> Ids(IReadOnlyDictionary<string, string> parameters)
    {
        var ids = parameters.Where(p => p.Key.StartsWith("InstanceId.", StringComparison.Ordinal)).Select(p => p.Value).ToList();
        return ids.FirstOrDefault(id => !Id().IsMatch(id)) is { } malformed
            ? throw new AwsErrorException(400, "InvalidInstanceID.Malformed", $"Invalid id: \"{malformed}\"")
            : ids;
    }

    private static AwsErrorException Unknown(string id) => new(400, "InvalidInstanceID.NotFound", $"The instance ID '{id}' does not exist");

    private static XElement Reservation(ModelInstance i) => E(
        "item", E("reservationId", "r-0123456789abcdef0"), E("ownerId", "123456789012"), E("groupSet"),
        E("instancesSet", E(
            "item", E("instanceId", i.Id), E("imageId", "ami-0123456789abcdef0"), State("instanceState", i),
            E("instanceType", i.Type),
            i.IsSpot ? E("instanceLifecycle", "spot") : i.Bought.Length > 0 ? E("instanceLifecycle", i.Bought) : null,
            E("launchTime", $"{i.LaunchedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}"),
            E("placement", E("availabilityZone", i.Zone), E("groupName"), E("tenancy", i.Tenancy)),
            E("rootDeviceType", i.IsEbs ? "ebs" : "instance-store"),
            i.State is "terminated" ? null : E("privateIpAddress", i.Address),
            i.State is "running" or "pending" ? null : E("stateReason", E("code", i.StateReason), E("message", i.StateReason)),
            E("tagSet", i.Tags.Select(t => E("item", E("key", t.Key), E("value", t.Value)))))));

    private static XElement Status(ModelInstance i) => E(
        "item", E("instanceId", i.Id), E("availabilityZone", i.Zone),
        i.Event.Length == 0 ? null : E("eventsSet", E(
            "item", E("instanceEventId", "instance-event-0123456789abcdef0"), E("code", i.Event), E("description", i.EventDescription),
            E("notBefore", "2026-12-01T00:00:00.000Z"))),
        State("instanceState", i),
        E("systemStatus", E("status", Check(i, i.System))),
        E("instanceStatus", E("status", Check(i, i.Checks))),
        E("attachedEbsStatus", E("status", Check(i, i.Volumes))));

    private static XElement SpotRequest(ModelInstance i) => E(
        "item", E("spotInstanceRequestId", $"sir-{i.Id[^8..]}"), E("type", "one-time"), E("state", "active"),
        E("status", E("code", i.SpotStatus), E("updateTime", "2026-11-26T08:00:00.000Z"), E("message", i.SpotStatus)),
        E("instanceId", i.Id));

    private static XElement State(string name, ModelInstance i) => E(name, E("code", Codes[i.State]), E("name", i.State));

    private static string Check(ModelInstance i, string check) => i.State == "running" ? check : "not-applicable";

    private static XElement E(string name, params object?[] content) => new(Namespace + name, content);

    [GeneratedRegex("^Filter\\.[0-9]+\\.Name$")]
    private static partial Regex Filter();

    [GeneratedRegex("^i-([0-9a-f]{8}|[0-9a-f]{17})$")]
    private static partial Regex Id();
}
