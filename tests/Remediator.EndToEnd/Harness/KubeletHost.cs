using k8s;

namespace Remediator.EndToEnd.Harness;

/// <summary>
/// A real host that is a node in a zone of its own: its containerd and its kubelet are units of its systemd. Nothing is scheduled on it
/// that does not tolerate all.
/// </summary>
internal sealed class KubeletHost : IAsyncDisposable
{
    public const string Kubelet = "kubelet.service";
    public const string Runtime = "containerd.service";

    private readonly TestHost _machine;
    private readonly string _kubeconfig;

    private KubeletHost(TestHost machine, string node, string kubeconfig) => (_machine, Node, _kubeconfig) = (machine, node, kubeconfig);

    public string Node { get; }

    public static async Task<KubeletHost> StartAsync(string node, string kubeconfig)
    {
        var host = new KubeletHost(await TestHost.StartAsync(1200), node, kubeconfig);
        try
        {
            await host._machine.JoinAsync(node, $"zone-{node}", kubeconfig);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>An item of <c>hosts</c> in the policy.</summary>
    /// <param name="more">What it says besides: <c>reboot: allowed</c>.</param>
    public string Entry(string more) => $"""
          - host: machine-of-{Node}
            node: {Node}
            address: {_machine.Address}
            user: root
            key_file: {_machine.KeyFile}
            host_keys: {_machine.PinnedKey}
            units: [{Runtime}, {Kubelet}]
            {more}

        """;

    public Task LetPodsRunAsync() => _machine.LetPodsRunAsync(_kubeconfig);

    public Task<string> RunAsync(string script) => _machine.RunAsync(script);

    /// <summary>How often systemd has started a unit in this start of the machine.</summary>
    public async Task<string> StartsAsync(string unit) =>
        (await RunAsync($"journalctl --sync; journalctl -q -b -o cat _PID=1 UNIT={unit} | grep -c '^Started '")).Trim();

    /// <summary>Another one for each start of the machine.</summary>
    public async Task<string> BootAsync() => (await RunAsync("cat /proc/sys/kernel/random/boot_id")).Trim();

    public async ValueTask DisposeAsync()
    {
        await _machine.DisposeAsync();
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(_kubeconfig));
        await client.CoreV1.DeleteNodeAsync(Node);
    }
}
