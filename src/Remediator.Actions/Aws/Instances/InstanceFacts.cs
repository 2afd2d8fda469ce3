using Amazon.EC2.Model;
using Microsoft.Extensions.Hosting;
using Remediator.Actions.Aws.AutoScaling;
using Remediator.Actions.Aws.Reach;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Aws.Instances;

/// <summary>
/// The instances of all nodes that are not ready: which of them are meant to be off, AWS says and the cluster does not. Where AWS cannot be
/// read, what it said last is kept for a while; then nothing is known, and a node that is not ready is as sick as any. So is one whose
/// instance may be another machine.
/// </summary>
/// <param name="name">Of the cluster.</param>
internal sealed class InstanceFacts(IFactViews cluster, string name, AwsApi aws) : BackgroundService, IFactProvider
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>Of what Auto Scaling describes in one call.</summary>
    private const int PerCall = 50;

    private volatile ViewStatus _current = new(ViewState.Ready, new(0, DateTimeOffset.UnixEpoch, []), aws.Time.GetUtcNow(), "");

    public string Name => FactSchema.Aws;

    public ViewStatus Current => _current;

    /// <summary>Reads them once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var before = _current;
        var now = aws.Time.GetUtcNow();
        try
        {
            var facts = await OfSickNodesAsync(now, cancellationToken);
            _current = IsSame(before.View.Named("instance"), facts)
                ? before with { FreshAt = now, Problem = "" }
                : new(ViewState.Ready, new(before.View.Version + 1, now, facts), now, "");
        }
        catch (ActionFailedException e)
        {
            _current = before with
            {
                View = now - before.FreshAt < Kept || before.View.Named("instance").Count == 0
                    ? before.View
                    : new(before.View.Version + 1, now, []),
                Problem = e.Message,
            };
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, aws.Time);
        do
            await LookAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<IReadOnlyList<Fact>> OfSickNodesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var nodes = cluster.Current.View.Named("node").Where(n => n["ready"] != "true")
            .Select(n => (Node: n, Id: ProviderId.Parse(n["provider_id"])))
            .Where(n => n.Id is not null)
            .ToLookup(n => n.Id!.InstanceId, n => (n.Node, Id: n.Id!), StringComparer.Ordinal);
        var facts = new List<Fact>();
        foreach (var some in nodes.Select(n => n.Key).Order(StringComparer.Ordinal).Chunk(PerCall))
        {
            var members = (await aws.ReadAsync(
                "read the Auto Scaling groups of the nodes that are not ready", now + Every,
                (c, ct) => c.AutoScaling.DescribeAutoScalingInstancesAsync(some, ct), cancellationToken))
                .ToLookup(m => m.InstanceId, StringComparer.Ordinal);
            // a filter, because one id that is not known any more would fail the whole call
            var instances = await aws.InstancesAsync(
                "read the instances of the nodes that are not ready", now + Every,
                new() { Filters = [new("instance-id", [.. some])] }, cancellationToken);
            facts.AddRange(
                from instance in instances
                from node in nodes[instance.InstanceId]
                select Of(node.Node, node.Id, instance, members[instance.InstanceId].FirstOrDefault()));
        }

        return facts;
    }

    private Fact Of(Fact node, ProviderId id, Instance instance, AutoScalingInstanceDetails? member)
    {
        var labels = new Dictionary<string, string> { ["node"] = node["node"], ["instance_id"] = id.InstanceId };
        if (Agreement.Doubt(id, instance, aws.ClusterName(name), node["zone"], [node["internal_ip"]]) is { } doubt)
        {
            (labels["agrees"], labels["why_not"]) = ("false", doubt);
        }
        else
        {
            // that they agree is said by a look alone, which knows all that a step has to see
            (labels["state"], labels["state_reason"]) = (instance.State?.Name?.Value ?? "", instance.StateReason?.Code ?? "");
            (labels["group"], labels["lifecycle"]) = (member?.AutoScalingGroupName ?? "", member?.LifecycleState ?? "");
        }

        return new("instance", labels, DateTimeOffset.UnixEpoch);
    }

    private static bool IsSame(IReadOnlyList<Fact> before, IReadOnlyList<Fact> now) =>
        before.Select(f => f.ToString()).Order(StringComparer.Ordinal).SequenceEqual(
            now.Select(f => f.ToString()).Order(StringComparer.Ordinal), StringComparer.Ordinal);
}
