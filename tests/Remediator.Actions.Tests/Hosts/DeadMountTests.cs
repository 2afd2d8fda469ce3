using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.EmptyDirs;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>A file system whose server never answers, as one of a dead NFS server: whoever asks it anything waits for ever.</summary>
[Trait("Needs", "Hosts")]
public sealed class DeadMountTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ADeadServerOfFiles_IsSaid_AndKeepsNobodyFromTheOtherFileSystems()
    {
        await using var host = await TestHost.StartAsync();
        await host.RunAsync("""
            [ -e /dev/fuse ] || mknod /dev/fuse c 10 229
            mkdir /srv/dead
            cat >/opt/dead.py <<'P'
            import ctypes, os, time
            fuse = os.open("/dev/fuse", os.O_RDWR)
            how = b"fd=%d,rootmode=40000,user_id=0,group_id=0" % fuse
            if ctypes.CDLL(None).mount(b"files:/export", b"/srv/dead", b"fuse", 0, how) == 0:
                held = os.open("/srv/dead", os.O_PATH)
                log = open("/var/tmp/gone", "wb")
                log.write(b"x" * 4000000)
                log.flush()
                os.unlink("/var/tmp/gone")
                open("/run/dead", "w").close()
                time.sleep(10000)
            P
            setsid python3 /opt/dead.py >/dev/null 2>&1 </dev/null &
            until [ -e /run/dead ]; do sleep 0.1; done
            """);
        var machines = HostFixture.Machines(HostFixture.Entry(host));
        var look = new DiskLook(machines);

        var seen = Assert.Single(await look.LookAsync(HostFixture.Request(new DiskInput()), Token));
        Assert.Equal(("ext4", "4001792"), (seen["fstype"], seen["deleted_open_bytes"]));
        var silent = await Assert.ThrowsAsync<ActionFailedException>(
            () => look.LookAsync(HostFixture.Request(new DiskInput(), "/srv/dead"), Token));
        Assert.Equal(
            "The file system at /srv/dead on host db-1 does not answer (fuse, files:/export): its server or its disk may be dead.",
            silent.Message);

        var api = new ClusterApi(() => null, TimeProvider.System);
        silent = await Assert.ThrowsAsync<ActionFailedException>(() => new EmptyDirReader(machines, api, new(api)).StateAsync(
            HostFixture.Request(new EmptyDirsInput(), "/srv/dead"), Token));
        Assert.Equal("Host db-1 does not say how full /srv/dead is.", silent.Message);
    }
}
