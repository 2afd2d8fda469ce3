using Amazon.EC2.Model;
using k8s.Models;
using Remediator.Actions.Aws.AutoScaling;
using Remediator.Core.Policies;

namespace Remediator.Actions.Aws.Instances;

/// <summary>A node with the instance that it is, as EC2 and its Auto Scaling group see it at one moment.</summary>
internal sealed record NodeInstance
{
    public required V1Node Node { get; init; }
    public required Instance Instance { get; init; }
    /// <summary>Null where EC2 gives none: of an instance that is gone.</summary>
    public required InstanceStatus? Status { get; init; }
    /// <summary>Null where it belongs to no group.</summary>
    public required AutoScalingInstanceDetails? Member { get; init; }
    public required AutoScalingGroup? Group { get; init; }
    /// <summary>What the policy says of its group; null where it does not list it.</summary>
    public ManagedGroup? Policy { get; init; }

    /// <summary>The code of its spot request; empty where it is none.</summary>
    public string SpotStatus { get; init; } = "";

    public string InstanceId => Instance.InstanceId;

    /// <summary>Another instance that has the node's address by now, where this one is gone; else empty.</summary>
    public string Namesake { get; init; } = "";

    /// <summary>Null where it runs.</summary>
    public string? NotRunning => State is "running"
        ? null
        : $"instance {InstanceId} is {State}" + (Namesake.Length > 0 ? $", and {Namesake} has the address of its node now" : "");

    public string State => Instance.State?.Name?.Value ?? "";

    public string BootId => Node.Status?.NodeInfo?.BootID ?? "";

    /// <summary>Of the machine under it, of itself, and of its volumes: <c>ok</c>, <c>impaired</c>, <c>initializing</c>, ...</summary>
    public IReadOnlyList<(string Name, string Value)> Checks =>
    [
        ("system", Status?.SystemStatus?.Status?.Value ?? ""),
        ("instance", Status?.Status?.Status?.Value ?? ""),
        ("volumes", Status?.AttachedEbsStatus?.Status?.Value ?? ""),
    ];

    /// <summary>
    /// Those that are not ok, in words; null where all are. Volumes are checked on Nitro alone; elsewhere EC2 says nothing of them, or that
    /// it does not apply (EC2 API, DescribeInstanceStatus, 2024-08-21).
    /// </summary>
    public string? BadChecks
    {
        get
        {
            var bad = Checks.Where(c => c.Value != "ok" && (c.Name != "volumes" || c.Value is not ("" or "not-applicable"))).ToList();
            return bad.Count == 0
                ? null
                : string.Join(", ", bad.Select(c => $"EC2's check of its {c.Name} is {(c.Value.Length > 0 ? c.Value : "unknown")}"));
        }
    }

    /// <summary>What EC2 has announced for it and not done yet.</summary>
    public IReadOnlyList<InstanceStatusEvent> Events =>
        [.. (Status?.Events ?? []).Where(e => e.Description?.StartsWith("[Completed]", StringComparison.Ordinal) != true
            && e.Description?.StartsWith("[Canceled]", StringComparison.Ordinal) != true)];

    /// <summary>Announced by EC2 for hardware that is given up (EC2 User Guide, "Scheduled events").</summary>
    private static readonly string[] ThatEndIt = ["instance-retirement", "instance-stop"];

    /// <summary>What EC2 has announced that ends it where it is; null for nothing.</summary>
    public string? End => Events.Select(e => e.Code?.Value).FirstOrDefault(c => ThatEndIt.Contains(c));

    /// <summary>Why EC2 thinks that the hardware under it is bad, in words; null where it does not.</summary>
    public string? BadHardware => End is { } end ? $"EC2 has announced {end}"
        : Status?.SystemStatus?.Status?.Value == "impaired" ? "EC2's check of its system is impaired"
        : null;

    /// <summary>An address that is not its own for good is given up when it stops.</summary>
    public bool LosesItsPublicAddress => (Instance.NetworkInterfaces ?? []).Any(i => i.Association?.IpOwnerId == "amazon");

    public const string Spot = "spot";

    public bool IsSpot => Instance.InstanceLifecycle?.Value == Spot;

    /// <summary>Why nothing is to be begun with it: EC2 takes it within two minutes (EC2 User Guide, "Spot request status").</summary>
    public string? Interruption => IsInterrupted ? $"EC2 takes spot instance {InstanceId} back ({SpotStatus})" : null;

    public bool IsInterrupted => SpotStatus is "marked-for-termination" or "marked-for-stop";

    /// <summary>Its group ends it when it looks unhealthy, as it does while it starts.</summary>
    public bool IsReplacedWhenUnhealthy => Member is { LifecycleState: "InService" }
        && Group?.SuspendedProcesses.Any(p => p is "ReplaceUnhealthy" or "HealthCheck" or "Terminate") != true;

    /// <summary>Its group is moving, ending or keeping it for later; empty where it does not.</summary>
    public string Transition => Member?.LifecycleState is { } state and not ("InService" or "Standby") ? state : "";
}
