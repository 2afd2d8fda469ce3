using System.Diagnostics.Metrics;
using Amazon.EC2.Model;
using Microsoft.Extensions.Hosting;
using Remediator.Actions.Aws.AutoScaling;
using Remediator.Actions.Aws.Reach;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Policies;

namespace Remediator.Actions.Aws.Instances;

/// <summary>
/// Instances of the cluster's Auto Scaling groups that are in service and no node: the group is content with them, the scheduler never sees
/// them, and no alert of a node can name them. A metric says since when; the alert that ships with it tells people.
/// </summary>
internal sealed class UnjoinedInstances : BackgroundService
{
    public const string MeterName = "Remediator.Actions";
    public const string Metric = "remediator.aws.unjoined";

    /// <summary>On each instance that a group has launched (Auto Scaling User Guide, "Tag Auto Scaling groups and instances").</summary>
    private const string GroupTag = "aws:autoscaling:groupName";

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MaxViewAge = TimeSpan.FromMinutes(1);

    /// <summary>Of what Auto Scaling describes in one call.</summary>
    private const int PerCall = 50;

    private readonly IFactViews _cluster;
    private readonly string _name;
    private readonly AwsApi _aws;
    private readonly Func<IReadOnlyList<ManagedGroup>> _groups;
    private readonly Dictionary<string, DateTimeOffset> _joinedAt = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<Unjoined> _current = [];
    private DateTimeOffset _seenAt;

    /// <param name="name">Of the cluster.</param>
    public UnjoinedInstances(
        IFactViews cluster, string name, AwsApi aws, Func<IReadOnlyList<ManagedGroup>> groups, IMeterFactory meters)
    {
        (_cluster, _name, _aws, _groups) = (cluster, name, aws, groups);
        meters.Create(MeterName).CreateObservableGauge(
            Metric, Observe, "s",
            "Time since when an instance of an Auto Scaling group is in service without being a node of the cluster.");
    }

    public IReadOnlyList<Unjoined> Current => _current;

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = _aws.Time.GetUtcNow();
        if (_cluster.Current is not { State: ViewState.Ready } view || !view.CanBeTrusted(now, MaxViewAge))
        {
            // a node may be there and not be seen
            _current = [];
            return;
        }

        try
        {
            _current = await InServiceAsync(await WithoutNodeAsync(view.View, now, cancellationToken), now, cancellationToken);
            _seenAt = now;
        }
        catch (ActionFailedException)
        {
            // by the same rights as the facts of instances, whose state says what is wrong
            if (now - _seenAt >= Kept)
                _current = [];
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, _aws.Time);
        do
            await LookAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>
    /// Of groups of which another instance is a node, or that the policy lists. A bastion has the cluster's tag too, and never joins.
    /// </summary>
    private async Task<IReadOnlyList<Instance>> WithoutNodeAsync(FactView view, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var all = await _aws.InstancesAsync(
            "read the instances of the cluster", now + Every,
            new()
            {
                Filters =
                [
                    new("tag-key", [$"{Agreement.ClusterTag}{_aws.ClusterName(_name)}"]), new("instance-state-name", ["running"]),
                ],
            },
            cancellationToken);
        var nodes = view.Named("node");
        var ids = nodes.Select(n => ProviderId.Parse(n["provider_id"])?.InstanceId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var addresses = nodes.Select(n => n["internal_ip"]).Where(a => a.Length > 0).ToHashSet(StringComparer.Ordinal);
        var groups = all.Where(i => ids.Contains(i.InstanceId)).Select(Group).Concat(_groups().Select(g => g.Name))
            .ToHashSet(StringComparer.Ordinal);
        // where a node has its address and is not said to be it, nothing is certain, and the node's own look says so
        var joined = all.ToLookup(i => ids.Contains(i.InstanceId) || Agreement.Addresses(i).Any(addresses.Contains));
        foreach (var gone in _joinedAt.Keys.Except(all.Select(i => i.InstanceId), StringComparer.Ordinal).ToList())
            _joinedAt.Remove(gone);
        foreach (var node in joined[true])
            _joinedAt[node.InstanceId] = now;
        return [.. joined[false].Where(i => Group(i).Length > 0 && groups.Contains(Group(i)))];
    }

    private async Task<IReadOnlyList<Unjoined>> InServiceAsync(
        IReadOnlyList<Instance> instances, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (found, launched) = (new List<AutoScalingInstanceDetails>(), instances.ToDictionary(i => i.InstanceId, i => i.LaunchTime));
        foreach (var some in launched.Keys.Order(StringComparer.Ordinal).Chunk(PerCall))
        {
            var members = await _aws.ReadAsync(
                "read the Auto Scaling groups of instances without a node", now + Every,
                (c, ct) => c.AutoScaling.DescribeAutoScalingInstancesAsync(some, ct), cancellationToken);
            // a hook that waits, a warm pool and what goes are no fault
            found.AddRange(members.Where(m => m.LifecycleState == "InService" && some.Contains(m.InstanceId)));
        }

        var unjoined = new List<Unjoined>();
        foreach (var group in found.GroupBy(m => m.AutoScalingGroupName, StringComparer.Ordinal))
        {
            var activities = await _aws.ReadAsync(
                $"read the activities of Auto Scaling group {group.Key}", now + Every,
                (c, ct) => c.AutoScaling.DescribeScalingActivitiesAsync(group.Key, ct), cancellationToken);
            unjoined.AddRange(group.Select(
                m => new Unjoined(m.InstanceId, group.Key, m.AvailabilityZone, Since(m.InstanceId, launched[m.InstanceId], activities))));
        }

        return unjoined;
    }

    /// <summary>
    /// What AWS itself remembers, so that a restart of this process changes nothing: its start, and what its group has done with it last
    /// (its launch with all hooks, or its way back from Standby). Where it was a node, the end of that, as far as it was seen.
    /// </summary>
    private DateTimeOffset Since(string id, DateTime? launched, IReadOnlyList<Activity> activities) =>
        activities.Where(a => a.StatusCode is "Successful" && a.Description.Contains(id, StringComparison.Ordinal))
            .Select(a => a.EndTime ?? DateTimeOffset.MinValue)
            .Append(launched is { } at ? new(at.ToUniversalTime()) : DateTimeOffset.MinValue)
            .Append(_joinedAt.GetValueOrDefault(id))
            .Max();

    private static string Group(Instance instance) => (instance.Tags ?? []).Find(t => t.Key == GroupTag)?.Value ?? "";

    private IEnumerable<Measurement<double>> Observe()
    {
        var now = _aws.Time.GetUtcNow();
        return _current.Select(u => new Measurement<double>(
            Math.Max(0, (now - u.Since).TotalSeconds), new("instance_id", u.InstanceId), new("group", u.Group), new("zone", u.Zone)));
    }
}

/// <param name="Since">When it was in service and no node, by the clock of AWS.</param>
internal sealed record Unjoined(string InstanceId, string Group, string Zone, DateTimeOffset Since);
