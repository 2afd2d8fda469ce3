using System.Globalization;
using System.Text;
using Remediator.Actions.Hosts.EmptyDirs;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.DescribeEmptyDirs;

/// <summary>Keeps whose emptyDir volumes fill a disk, for the people who get it.</summary>
internal sealed class DescribeEmptyDirsAction(Machines machines, ClusterApi api, WorkloadReader workloads) : IReadAction
{
    private const int Shown = 20;

    /// <summary>Of the file system; who has less of it is not why it is full.</summary>
    private const double TellsOf = 10;

    private readonly EmptyDirReader _reader = new(machines, api, workloads);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.describe-emptydirs",
        Class = ActionClass.Read,
        Input = typeof(EmptyDirsInput),
        Summary = "Records which pods of a node have how much in their emptyDir volumes on a file system of it, whose the one is that has "
            + "most, and why that is not evicted.",
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromSeconds(60),
        Permissions = EmptyDirReader.Permissions,
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (host, mountPoint) = (machines.Of(request.Resource), Machines.MountPoint(request.Resource));
        if (host.Node.Length == 0)
            return new("Pods", $"Host {host.Name} is no node.");
        var seen = await _reader.ReadAsync(request, host, cancellationToken);
        if (seen.State.IsHidden)
            return new(
                "Pods", $"What pods have on {mountPoint} is not known: sudo on host {host.Name} does not let user {host.User} look.");
        if (seen.Worst is not { } worst)
            return new("Pods", $"No pod of node {host.Node} has anything in an emptyDir on {mountPoint}.");

        var text = new StringBuilder();
        foreach (var pod in seen.Pods.Take(Shown))
            text.Append(pod.Describe(mountPoint)).Append('\n');
        if (seen.Pods.Count > Shown)
            text.Append(CultureInfo.InvariantCulture, $"and {seen.Pods.Count - Shown} more pods\n");
        var stays = seen.Doubt is null ? "" : $", and is not evicted: {seen.Doubt}";
        text.Append("The first ").Append(seen.Doubt is null ? "may be evicted" : $"is not evicted: {seen.Doubt}").Append(".\n");
        return new("Pods", EvidenceText.Head(text.ToString(), 8000))
        {
            Values = worst.Share < TellsOf ? new Dictionary<string, string>() : new()
            {
                ["reason"] = EvidenceText.OneLine($"{worst.Describe(mountPoint)}{stays}", 500),
            },
        };
    }
}
