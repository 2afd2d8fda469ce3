using Remediator.Actions.Hosts.Images;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts.Images;

/// <summary>A real host with the containerd and runc of this machine, without a kubelet: this asks CRI as one would.</summary>
internal sealed class ContainerdHost : IAsyncDisposable
{
    private const string Tools = """
        import hashlib, importlib.machinery, importlib.util, io, json, os, re, subprocess, sys, tarfile
        loader = importlib.machinery.SourceFileLoader("images", "/usr/local/sbin/remediator-images")
        images = importlib.util.module_from_spec(importlib.util.spec_from_loader("images", loader))
        loader.exec_module(images)
        message = images.message
        made = {}

        def layer(name, megabytes):
            if name not in made:
                out = io.BytesIO()
                with tarfile.open(fileobj=out, mode="w") as tar:
                    if name == "busybox":
                        tar.add("/opt/busybox", "bin/sleep")
                    else:
                        info = tarfile.TarInfo(name)
                        info.size = megabytes << 20
                        tar.addfile(info, io.BytesIO(os.urandom(info.size)))
                made[name] = out.getvalue()
            return made[name]

        def load(name, *layers, pulled=True):
            # As one that was pulled, and so has a name by its digest too, or one that was only loaded.
            name = "remediator.test/%s:1" % name
            tars = [layer(*l) for l in (("busybox", 0),) + layers]
            config = json.dumps({
                "architecture": "amd64", "os": "linux", "history": [],
                "config": {"Labels": {"name": name}, "Cmd": ["/bin/sleep", "100000"]},
                "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(t).hexdigest() for t in tars]}}).encode()
            manifest = [{"Config": "config.json", "RepoTags": [name], "Layers": ["%d.tar" % n for n in range(len(tars))]}]
            path = "/dev/shm/image.tar"
            with tarfile.open(path, "w") as tar:
                for file, raw in [("config.json", config)] + [("%d.tar" % n, t) for n, t in enumerate(tars)] + [
                        ("manifest.json", json.dumps(manifest).encode())]:
                    info = tarfile.TarInfo(file)
                    info.size = len(raw)
                    tar.addfile(info, io.BytesIO(raw))
            ctr("images", "import", path)
            os.remove(path)
            if pulled:
                tag(name, "%s@%s" % (name.rsplit(":", 1)[0], digest(name)))

        def ctr(*arguments):
            return subprocess.run(("ctr", "-n", "k8s.io") + arguments, check=True, stdout=subprocess.PIPE).stdout.decode()

        def tag(old, new):
            ctr("images", "tag", old, new)

        def digest(name):
            return [l.split()[2] for l in ctr("images", "ls").splitlines() if l.split()[0] == name][0]

        def call(method, request):
            answers = images.Containerd().cri(method, request)
            if not answers:
                raise SystemExit("containerd refused " + method)
            return answers[0]

        def pod(name, uid):
            # in the network and the processes' names of the host, which needs no plugin
            space = message(f1=2, f2=2)
            labels = message(f1="io.kubernetes.pod.uid", f2=uid)
            config = message(f1=message(f1=name, f2=uid, f3="default"), f6=labels, f8=message(f2=message(f1=space)))
            return images.text(call("RuntimeService/RunPodSandbox", message(f1=config)), 1), config, labels

        def container(of, image, runs=True):
            sandbox, config, labels = of
            own = message(f1=message(f1="main"), f2=message(f1=image), f3="/bin/sleep", f4="100000" if runs else "0", f9=labels)
            found = images.text(call("RuntimeService/CreateContainer", message(f1=sandbox, f2=own, f3=config)), 1)
            call("RuntimeService/StartContainer", message(f1=found))
            while not runs and not images.Containerd().finished(found):
                pass
            return found

        def age(days):
            # All that is there by now is so much older: nothing on this host has another clock.
            subprocess.run(["systemctl", "stop", "containerd"], check=True)
            path = "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db"
            raw = open(path, "rb").read()
            # time.MarshalBinary of Go: a version, seconds since the year 1, nanoseconds, minutes from UTC
            raw = re.sub(
                rb"\x01(\0\0\0\x0e[\xd0-\xff].{3})(.{4}\xff\xff)",
                lambda m: b"\x01" + (int.from_bytes(m.group(1), "big") - days * 86400).to_bytes(8, "big") + m.group(2), raw, flags=re.S)
            open(path, "r+b").write(raw)
            for folder, _, files in os.walk("/var/lib/containerd/io.containerd.grpc.v1.cri/containers"):
                for file in files:
                    path = os.path.join(folder, file)
                    status = json.load(open(path))
                    if status.get("FinishedAt"):
                        status["FinishedAt"] -= days * 86400 * 10 ** 9
                        json.dump(status, open(path, "w"))
            subprocess.run(["systemctl", "start", "containerd"], check=True)
            wait()

        def wait():
            # it answers a moment before it knows what it has
            while True:
                try:
                    return images.Containerd()
                except images.Refused:
                    continue

        """;

    private ContainerdHost(TestHost host) => Host = host;

    public TestHost Host { get; }

    public static async Task<ContainerdHost> StartAsync(int megabytes)
    {
        var host = await TestHost.StartAsync(megabytes);
        foreach (var program in new[] { "bin/containerd", "bin/ctr", "bin/containerd-shim-runc-v2", "sbin/runc" })
            File.Copy(Path.Combine("/usr", program), Path.Combine(host.Root, "usr", program));
        File.Copy("/bin/busybox", Path.Combine(host.Root, "opt/busybox"));
        await File.WriteAllTextAsync(Path.Combine(host.Root, "usr/local/sbin/remediator-images"), ImagesHelper.Text);
        await host.RunAsync("""
            set -e
            echo 127.0.0.1 localhost >/etc/hosts
            : >/etc/resolv.conf
            for c in /sys/fs/cgroup/*/; do mount -o remount,bind,rw "$c" 2>/dev/null || true; done
            mkdir -p /etc/containerd
            cat >/etc/containerd/config.toml <<'T'
            version = 2
            [plugins."io.containerd.grpc.v1.cri"]
            sandbox_image = "remediator.test/pause:1"
            restrict_oom_score_adj = true
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
            runtime_type = "io.containerd.runc.v2"
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
            NoNewKeyring = true
            T
            cat >/etc/systemd/system/containerd.service <<'U'
            [Service]
            ExecStart=/usr/bin/containerd
            Delegate=yes
            KillMode=process
            U
            systemctl daemon-reload
            systemctl start containerd
            until ctr version >/dev/null 2>&1; do sleep 0.2; done
            chmod 755 /usr/local/sbin/remediator-images
            install -d -o ops -m 700 /run/remediator
            """);
        return new(host);
    }

    /// <summary>Runs lines of Python there that see the above.</summary>
    public Task<string> PythonAsync(string lines) => Host.RunAsync($"python3 - <<'P'\n{Tools}{lines}\nP\n");

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
