using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.Reach;

/// <summary>
/// A pod of <c>deploy/kubernetes/agent</c> that has been on the node since before the trouble: one that is started on a full disk, the
/// kubelet refuses. It is root on the machine, and enters the machine's namespaces for each script; the script comes on standard input.
/// </summary>
/// <param name="cluster">Null while no cluster is configured.</param>
internal sealed class AgentWay(Func<IKubernetes?> cluster, TimeProvider time) : IReachHost
{
    public const string Container = "agent";
    public const string Name = "remediator-agent";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The environment is the machine's own, not that of the image.</summary>
    private static readonly string[] OnTheMachine =
    [
        "nsenter", "-t", "1", "-m", "-u", "-i", "-n", "--",
        "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "timeout", "-k", "2",
    ];

    private readonly ClusterApi _api = new(cluster, time);

    public HostWay Way => HostWay.Agent;

    public async Task<HostSaid> RunAsync(
        ManagedHost host, HostScript script, IReadOnlyList<string> arguments, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var pod = await PodAsync(host, notAfter, cancellationToken);
        var seconds = HostTime.Left(host, script, notAfter, time);
        string[] command = [.. OnTheMachine, seconds.ToString(CultureInfo.InvariantCulture), "/bin/sh", "-s"];
        using var streams = await ConnectAsync(host, pod, command, cancellationToken);
        // ends the reads below, whatever the host does
        using var ended = cancellationToken.Register(static s => ((IStreamDemuxer)s!).Dispose(), streams);
        try
        {
            return await RunAsync(streams, script.With(arguments), seconds, cancellationToken)
                ?? throw HostShell.Unknown(host, script, "was lost sight of: the connection to the agent ended before it did");
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is not ActionFailedException)
        {
            throw HostShell.Unknown(host, script, "did not end in time", e);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or System.Text.Json.JsonException)
        {
            throw HostShell.Unknown(host, script, $"was lost sight of: {EvidenceText.OneLine(e.Message, 300)}", e);
        }
    }

    /// <returns>Null where the connection ended before the script.</returns>
    private static async Task<HostSaid?> RunAsync(
        IStreamDemuxer streams, string text, int seconds, CancellationToken cancellationToken)
    {
        using var input = streams.GetStream(null, ChannelIndex.StdIn);
        using var output = streams.GetStream(ChannelIndex.StdOut, null);
        using var errors = streams.GetStream(ChannelIndex.StdErr, null);
        using var status = streams.GetStream(ChannelIndex.Error, null);
        streams.Start();
        var (saying, hearing) = (HostStreams.ReadAsync(output, HostShell.MostBytes), HostStreams.HearAsync(errors));
        var ending = HostStreams.HearAsync(status);
        await input.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        if (await saying is not { } said)
            return new(null, null, "", seconds);
        if (await ending is not { Length: > 0 } end)
            return null;
        return Read(KubernetesJson.Deserialize<V1Status>(end), said, await hearing, seconds);
    }

    /// <summary>A command that did not end by itself has no exit code, and what came of it is in the message.</summary>
    private static HostSaid Read(V1Status end, string said, string errors, int seconds) => end switch
    {
        { Status: "Success" } => new(0, said, errors, seconds),
        _ when end.Details?.Causes?.FirstOrDefault(c => c.Reason == "ExitCode")?.Message is { } code
            && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => new(number, said, errors, seconds),
        _ => new(null, said, $"{errors} {end.Message}", seconds),
    };

    private async Task<IStreamDemuxer> ConnectAsync(
        ManagedHost host, V1Pod pod, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await cluster()!.MuxedStreamNamespacedPodExecAsync(
                pod.Metadata.Name, pod.Metadata.NamespaceProperty, command, Container, stderr: true, stdin: true, stdout: true, tty: false,
                cancellationToken: linked.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnreachedException(
                FailureKind.Transient,
                $"Nothing can be run in agent pod {pod.Metadata.Name} on node {host.Node}: {EvidenceText.OneLine(e.Message, 300)}.", e);
        }
    }

    private async Task<V1Pod> PodAsync(ManagedHost host, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        try
        {
            var pods = await _api.ReadAsync(
                $"find the agent on node {host.Node}", notAfter,
                (k, ct) => k.CoreV1.ListNamespacedPodAsync(
                    host.Agent, fieldSelector: $"spec.nodeName={host.Node}", labelSelector: $"app.kubernetes.io/name={Name}",
                    cancellationToken: ct),
                cancellationToken);
            return pods.Items.FirstOrDefault(p => p.Spec?.NodeName == host.Node && p.Status?.Phase == "Running" && !p.IsTerminating())
                ?? throw new UnreachedException(
                    FailureKind.Transient, $"No agent runs on node {host.Node} (a pod '{Name}' in namespace {host.Agent}).");
        }
        catch (ActionFailedException e)
        {
            throw new UnreachedException(e.Kind is FailureKind.Unknown ? FailureKind.Transient : e.Kind, e.Message, e);
        }
    }
}
