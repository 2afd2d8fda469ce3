namespace Remediator.Core.Resources;

/// <summary>What an alert is about.</summary>
internal sealed record Subject(ResourceKey Key, bool Known, string How)
{
    /// <summary>The subject's own node, or the one that it runs on.</summary>
    public TopologyNode? Node { get; init; }

    /// <summary>The pod of the subject that the alert is about, if it is still there.</summary>
    public TopologyPod? Pod { get; init; }

    /// <summary>The label <c>instance</c> is the subject's own address.</summary>
    public bool IsByAddress { get; init; }

    /// <summary>The subject was found by its pod, which need not be there any more.</summary>
    public bool IsByPod { get; init; }
}

/// <summary>
/// Asks the labels in the order of how sure they are: what names an object outright, then the pod, the node, the host, the address.
/// </summary>
internal sealed class SubjectFinder(AlertSubject alert, ITopology topology, Exporter exporter, TopologyPod? pod)
{
    /// <summary>The end of a pod's name: never a vowel or a digit that looks like one.</summary>
    private const string RandomLetters = "bcdfghjklmnpqrstvwxz2456789";

    private static readonly (
        string Kind, SubjectLabel Label)[] Labels = [.. ResourceKinds.All.SelectMany(k => k.Labels, (k, l) => (k.Name, l))];

    public Subject Find() =>
        Named() ?? CertainHost() ?? Pod() ?? Node() ?? Host() ?? Address() ?? Service()
        ?? new Subject(
            Key(ResourceKinds.Alert, exporter.Kind is ExporterKind.None or ExporterKind.Other ? alert["namespace"] : "", alert.Name),
            false,
            "no label names a resource");

    private Subject? Named()
    {
        Subject? unknown = null;
        foreach (var (kind, label) in Labels.Where(l => Speaks(l.Label)))
        {
            var (space, name) = (label.InNamespace ? alert["namespace"] : "", Name(label));
            if (topology.Find(kind, space, name) is { } found)
            {
                var asked = new ResourceKey(topology.Cluster, kind, space, name);
                return new(
                    found,
                    true,
                    found.Kind == kind ? $"label {label.Label} names {found.Display}" : $"{asked.Display} belongs to {found.Display}")
                {
                    Pod = pod is { Exists: true } && pod.Owner == found ? pod : null,
                };
            }

            unknown ??= new(Key(kind, space, name), false, $"label {label.Label} names a {kind} that is not known here");
        }

        // a label that only looks like a kind of Kubernetes does not hide a pod that is there
        return unknown is not null && Pod() is { Known: true } real ? real : unknown;
    }

    private bool Speaks(SubjectLabel label) => alert.Has(label.Label) && (label.Beside.Length == 0 || alert.Has(label.Beside));

    private string Name(SubjectLabel label) =>
        label.Label == "queue" && alert.Has("vhost") ? $"{alert["vhost"]}/{alert["queue"]}" : alert[label.Label];

    private Subject? Pod()
    {
        if (!alert.Has("pod") || exporter.OwnsPod)
            return null;
        if (pod is not null)
            return OfPod(
                pod, $"pod {Path(pod.Namespace, pod.Name)} {(pod.Exists ? "belongs" : "is gone; it belonged")} to {pod.Owner.Display}");

        var owners = OwnersByName(alert["pod"]).Distinct().ToList();
        return owners is [var only]
            ? new(only, true, $"pod {Path(alert["namespace"], alert["pod"])} is gone; by its name it belonged to {only.Display}")
                { IsByPod = true }
            : new(
                Key(ResourceKinds.Pod, alert["namespace"], alert["pod"]), false,
                $"pod {Path(alert["namespace"], alert["pod"])} is not known here");
    }

    /// <summary>Whose pod could have been called so: names of pods are the owner's, a hash or a number, and a random end.</summary>
    private IEnumerable<ResourceKey> OwnersByName(string name)
    {
        var parts = name.Split('-');
        var space = alert["namespace"];
        if (parts.Length < 2)
            return [];

        var (owner, above) = (string.Join('-', parts[..^1]), string.Join('-', parts[..^2]));
        var isRandom = parts[^1].Length == 5 && parts[^1].All(RandomLetters.Contains);
        var before = parts.Length > 2 && isRandom ? parts[^2] : "";
        IEnumerable<(PodNames Names, string Owner, bool Fits)> ways =
        [
            (PodNames.Ordinal, owner, parts[^1].All(char.IsAsciiDigit)),
            (PodNames.Random, owner, isRandom),
            (PodNames.HashAndRandom, above, before.Length > 0 && before.All(RandomLetters.Contains)),
            (PodNames.TimeAndRandom, above, before.Length > 0 && before.All(char.IsAsciiDigit)),
        ];
        return from way in ways
               where way.Fits
               from kind in ResourceKinds.All
               where kind.PodNames == way.Names
               let found = topology.Find(kind.Name, space, way.Owner)
               where found is not null
               select found.Value;
    }

    private Subject? Node()
    {
        if (!alert.Has("node"))
            return null;

        var node = topology.FindNode(alert["node"]);
        return new(
            Key(ResourceKinds.Node, "", node?.Name ?? alert["node"]),
            node is not null,
            node is null ? $"node {alert["node"]} is not known here" : $"label node names node {node.Name}")
        {
            Node = node,
            IsByAddress = node is not null && topology.FindNode(WithoutPort(alert["instance"])) == node,
        };
    }

    /// <summary>An exporter of hosts shares the network of its node; an application's pod has an address of its own.</summary>
    private Subject? CertainHost() =>
        exporter.DescribesHost(alert) && (topology.FindNode(WithoutPort(alert["instance"])) is not null || KnownHost() is not null)
            ? Host()
            : null;

    private Subject? Host()
    {
        if (KnownHost() is { } known && topology.FindNode(known) is null)
            return OfKnown(known);
        if (alert.Has("instance_id"))
            return OfHost(alert["instance_id"], topology.FindNode(alert["instance_id"]), "label instance_id");
        if (!exporter.DescribesHost(alert) || !(alert.Has("instance") || exporter.Kind is ExporterKind.Host))
            return null;

        var host = WithoutPort(alert["instance"]);
        // the exporter of a host runs on it: its own pod tells the node when the address does not
        var node = topology.FindNode(host)
            ?? topology.FindNode(alert["instance"]) ?? (exporter.OwnsPod && pod is not null ? topology.FindNode(pod.Node) : null);
        return host.Length == 0 && node is null ? null : OfHost(host, node, $"instance {alert["instance"]}") with { IsByAddress = true };
    }

    /// <summary>A label <c>host</c> may mean anything: only a machine that is known is meant by it.</summary>
    private string? KnownHost() =>
        topology.FindHost(alert["host"]) ?? topology.FindHost(WithoutPort(alert["instance"])) ?? topology.FindHost(alert["instance_id"]);

    private Subject OfKnown(string host) => alert.Has("mountpoint")
        ? new(
            Key(ResourceKinds.FileSystem, "", $"{host}:{alert["mountpoint"]}"), true,
            $"it is host {host}, its file system {alert["mountpoint"]}")
            { IsByAddress = true }
        : new(Key(ResourceKinds.Host, "", host), true, $"it is host {host}") { IsByAddress = true };

    private Subject OfHost(string host, TopologyNode? node, string source)
    {
        var name = node?.Name ?? host;
        var how = node is null ? $"{source} is a host that is not known here" : $"{source} is node {node.Name}";
        return alert.Has("mountpoint")
            ? new(
                Key(ResourceKinds.FileSystem, "", $"{name}:{alert["mountpoint"]}"), node is not null,
                $"{how}, its file system {alert["mountpoint"]}")
                { Node = node }
            : new(Key(node is null ? ResourceKinds.Host : ResourceKinds.Node, "", name), node is not null, how) { Node = node };
    }

    private Subject? Address()
    {
        var instance = alert["instance"];
        if (instance.Length == 0 || exporter.Kind is ExporterKind.Cluster)
            return null;
        if (instance.Contains("://", StringComparison.Ordinal))
            return new(Key(ResourceKinds.Endpoint, "", instance), false, $"instance {instance} is an endpoint") { IsByAddress = true };

        var address = WithoutPort(instance);
        if (topology.FindPodByAddress(address) is { } target && !Exporter.Of(alert, target).OwnsPod)
            return OfPod(
                target,
                $"instance {instance} is pod {Path(target.Namespace, target.Name)} of {target.Owner.Display}") with { IsByAddress = true };
        // a bare name that is a node's can be nothing else; an address with another port is some process on it
        var node = topology.FindNode(address);
        return node is not null && address == instance
            ? OfHost(address, node, $"instance {instance}") with { IsByAddress = true }
            : new(Key(ResourceKinds.Instance, "", instance), false, $"instance {instance} is not known here")
                { Node = node, IsByAddress = true };
    }

    private Subject? Service() =>
        alert.Has("service") && alert.Has("namespace") && exporter.Kind is ExporterKind.None
            ? new(
                Key(ResourceKinds.Service, alert["namespace"], alert["service"]), false,
                "label service names a Service; those are not watched")
            : null;

    private Subject OfPod(TopologyPod found, string how) =>
        new(found.Owner, found.Exists || topology.Find(found.Owner.Kind, found.Owner.Namespace, found.Owner.Name) is not null, how)
        {
            IsByPod = true,
            Pod = found.Exists ? found : null,
        };

    private ResourceKey Key(string kind, string space, string name) => new(topology.Cluster, kind, space, name);

    private static string Path(string space, string name) => space.Length == 0 ? name : $"{space}/{name}";

    private static string WithoutPort(string address)
    {
        var colon = address.LastIndexOf(':');
        return colon > 0
            && address[(colon + 1)..].All(char.IsAsciiDigit)
            && (address.IndexOf(':', StringComparison.Ordinal) == colon || address[colon - 1] == ']')
            ? address[..colon].Trim('[', ']')
            : address;
    }
}
