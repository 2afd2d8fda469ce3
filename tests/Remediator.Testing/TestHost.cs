using System.Diagnostics;

namespace Remediator.Testing;

/// <summary>A real Debian with systemd, journald, sshd and node_exporter on a loop device, as <c>tests/hosts/up</c> starts it.</summary>
public sealed class TestHost : IAsyncDisposable
{
    private static int _count;

    private readonly string _folder;

    private TestHost(string folder, string address)
    {
        _folder = folder;
        Address = address;
        var key = File.ReadAllText(Path.Combine(folder, "known_hosts")).Trim().Split(' ');
        PinnedKey = $"{key[1]} {key[2]}";
    }

    public string Address { get; }

    /// <summary>Of root and of the user ops.</summary>
    public string KeyFile => Path.Combine(_folder, "key");

    public string KnownHosts => Path.Combine(_folder, "known_hosts");

    /// <summary>Type and key, as the policy pins it.</summary>
    public string PinnedKey { get; }

    /// <summary>Its root directory, as this machine sees it.</summary>
    public string Root => Path.Combine(_folder, "root");

    /// <param name="megabytes">Of its disk; about 500 of them are in use.</param>
    /// <param name="inodes">Of an ext4; as many as usual where it is null. About 15,000 of them are in use.</param>
    public static async Task<TestHost> StartAsync(int megabytes = 900, string type = "ext4", int? inodes = null)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"rh{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        var (code, output) = await RunAsync(Script("up"), [folder, $"{megabytes}", type, $"{inodes}"]);
        return code == 0
            ? new(folder, output.TrimEnd().Split('\n')[^1].Split(' ')[0])
            : throw new InvalidOperationException($"tests/hosts/up ended with {code}: {output}");
    }

    /// <summary>Runs a script there as root, besides all that the product does.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> RunAsync(string script)
    {
        var (code, output, errors) = await TryAsync("sh -s", script);
        return code == 0 ? output : throw new InvalidOperationException($"ended with {code}: {output}{errors}\n{script}");
    }

    /// <summary>A command there, as root.</summary>
    public async Task<(int Code, string Output, string Errors)> TryAsync(string command, string input)
    {
        using var shell = Start(command);
        return await Programs.EndAsync(shell, input);
    }

    /// <inheritdoc cref="TryAsync"/>
    public Process Start(string command) => Programs.Start(
        "ssh",
        ["-q", "-i", KeyFile, "-o", $"UserKnownHostsFile={KnownHosts}", "-o", "BatchMode=yes", $"root@{Address}", command]);

    /// <summary>Fills its disk to the last byte: with its journal, most of which may go, and then with a file.</summary>
    public Task<string> FillAsync() => RunAsync("""
        mkdir -p /var/log/journal /etc/systemd/journald.conf.d
        printf '[Journal]\nStorage=persistent\nSystemMaxUse=400M\nSystemMaxFileSize=16M\n%s\nRateLimitIntervalSec=0\nCompress=no\n%s\n' \
          SystemKeepFree=1M ForwardToSyslog=no \
          >/etc/systemd/journald.conf.d/tests.conf
        systemctl restart systemd-journald
        for round in 1 2 3 4 5 6; do
          head -c 20000000 /dev/urandom | base64 -w 1000 | systemd-cat -t filler
          journalctl --sync; journalctl --rotate
        done
        echo 'the last line' | systemd-cat -t filler
        until journalctl -q -t filler -n 1 -o cat | grep -q 'the last line'; do sleep 0.1; done
        journalctl --sync
        head -c 2G /dev/zero >/var/lib/filler 2>/dev/null || true
        sync
        """);

    /// <summary>Makes it a node of the tests' cluster, as <c>tests/hosts/kubelet</c> does it; waits until the node is ready.</summary>
    public async Task JoinAsync(string node, string zone, string kubeconfig)
    {
        var (code, output) = await RunAsync(Script("kubelet"), [_folder, node, zone, kubeconfig]);
        if (code != 0)
            throw new InvalidOperationException($"tests/hosts/kubelet ended with {code}: {output}");
    }

    /// <summary>Its disk becomes larger while it runs, as a volume of a cloud does.</summary>
    public async Task GrowDiskAsync(int megabytes)
    {
        await RunAsync("truncate", ["-s", $"{megabytes}M", Path.Combine(_folder, "disk.img")]);
        await RunAsync("losetup", ["-c", (await File.ReadAllTextAsync(Path.Combine(_folder, "loop"))).Trim()]);
    }

    /// <summary>
    /// Once it has joined: pods of its node run. They have no network of their own, and are not held to what a container may not do:
    /// keyrings, and groups that are read-only.
    /// </summary>
    public async Task LetPodsRunAsync(string kubeconfig)
    {
        var images = Path.Combine(Path.GetDirectoryName(kubeconfig)!, "image");
        foreach (var image in new[] { "busybox.tar", "pause.tar" })
            File.Copy(Path.Combine(images, image), Path.Combine(Root, "opt", image));
        foreach (var program in new[] { "ctr", "containerd-shim-runc-v2" })
            File.Copy(Path.Combine("/usr/bin", program), Path.Combine(Root, "usr", "bin", program));
        await RunAsync("""
            set -e
            echo 127.0.0.1 localhost >/etc/hosts
            : >/etc/resolv.conf
            for c in /sys/fs/cgroup/*/; do mount -o remount,bind,rw "$c" 2>/dev/null || true; done
            cat >>/etc/containerd/config.toml <<'T'
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
            runtime_type = "io.containerd.runc.v2"
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
            NoNewKeyring = true
            T
            systemctl restart containerd
            until ctr version >/dev/null 2>&1; do sleep 0.2; done
            for i in busybox pause; do ctr -n k8s.io images import /opt/$i.tar >/dev/null; done
            """);
    }

    /// <summary>Nothing reaches it any more, and nothing comes from it, as when it has lost its power.</summary>
    public Task CutOffAsync() =>
        RunAsync("ip", ["link", "set", $"rh{File.ReadAllText(Path.Combine(_folder, "number")).Trim()}", "down"]);

    public async ValueTask DisposeAsync() => await RunAsync(Script("down"), [_folder]);

    private static string Script(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "hosts")))
            folder = folder.Parent;
        return Path.Combine(folder!.FullName, "tests", "hosts", name);
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, IEnumerable<string> arguments)
    {
        var (code, output, errors) = await Programs.RunAsync(program, arguments);
        return (code, code == 0 ? output : output + errors);
    }
}
