using System.Globalization;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Hosts.EmptyDirs;

/// <summary>
/// Looks at what pods have in their emptyDir volumes on a file system of a node. What cannot be seen is said, and no failure: a disk is
/// freed in other ways while the API server is away.
/// </summary>
internal sealed class EmptyDirsLook(Machines machines, ClusterApi api, WorkloadReader workloads) : ILook
{
    private const int Shown = 20;

    private readonly EmptyDirReader _reader = new(machines, api, workloads);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.emptydirs",
        Class = ActionClass.Read,
        Input = typeof(EmptyDirsInput),
        Summary = "Looks at what each pod of a node has in its emptyDir volumes on a file system of it, and whether the one that has most "
            + "may be evicted. Of a machine that is no node it says nothing.",
        Kinds = Machines.Kinds,
        Deadline = TimeSpan.FromSeconds(60),
        Permissions = EmptyDirReader.Permissions,
    };

    public string Provider => FactSchema.Hosts;

    public IReadOnlyList<string> Gives => ["emptydir"];

    public async Task<IReadOnlyList<Fact>> LookAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var host = machines.Of(request.Resource);
        if (host.Node.Length == 0)
            return [];
        var about = new Dictionary<string, string>
        {
            ["host"] = host.Name,
            ["mountpoint"] = Machines.MountPoint(request.Resource),
            ["node"] = host.Node,
        };
        try
        {
            var seen = await _reader.ReadAsync(request, host, cancellationToken);
            return seen.State.IsHidden
                ? [Unknown(
                    about,
                    $"sudo on host {host.Name} does not let user {host.User} look; 'remediator permissions --for hosts' prints what it has "
                        + "to allow")]
                : [.. seen.Pods.Take(Shown).Select((p, i) => Fact(about, p, i > 0 ? "another pod has more" : seen.Doubt))];
        }
        catch (ActionFailedException e)
        {
            return [Unknown(about, EvidenceText.OneLine(e.Message, 900))];
        }
    }

    private static Fact Unknown(Dictionary<string, string> about, string why) => new(
        "emptydir", new Dictionary<string, string>(about) { ["evict"] = "no", ["why_not"] = why }, DateTimeOffset.UnixEpoch);

    private static Fact Fact(Dictionary<string, string> about, EmptyDirPod pod, string? whyNot) => new(
        "emptydir",
        new Dictionary<string, string>(about)
        {
            ["namespace"] = pod.Pod?.Metadata.NamespaceProperty ?? "",
            ["workload"] = pod.Owner?.Name ?? "",
            ["workload_kind"] = pod.Owner?.Kind ?? "",
            ["pod"] = pod.Pod?.Metadata.Name ?? "",
            ["uid"] = pod.Uid,
            ["volume"] = pod.Worst.Name,
            ["bytes"] = pod.Bytes.ToString(CultureInfo.InvariantCulture),
            ["size_percent"] = Percent(pod.SizePercent),
            ["files"] = pod.Files.ToString(CultureInfo.InvariantCulture),
            ["inodes_percent"] = Percent(pod.InodesPercent),
            ["evict"] = whyNot is null ? "yes" : "no",
            ["why_not"] = EvidenceText.OneLine(whyNot, 900),
        },
        DateTimeOffset.UnixEpoch);

    private static string Percent(double percent) => Math.Round(percent, 1).ToString(CultureInfo.InvariantCulture);
}
