using System.Globalization;
using Remediator.Actions.Hosts.DescribeDescriptors;
using Remediator.Actions.Hosts.DescribeDisk;
using Remediator.Actions.Hosts.Descriptors;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.FreeSpace;
using Remediator.Actions.Hosts.Space;
using Remediator.Actions.Hosts.SpaceFree;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>Public reports about full disks of hosts, each made anew on a real one: what goes, and what people are told.</summary>
[Trait("Needs", "Hosts")]
public sealed class CasesOfHostsTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private readonly TestHost _host = fixture.Host;

    /// <summary>A cleaner of temporary files removed sockets that were in use.</summary>
    [Fact]
    public async Task C50_OnlyTheOldUploadGoes_AndTheServersStillAnswer()
    {
        var (plan, _) = await RepairAsync("temp", h => h with { Temp = ["/tmp"], KeepsTemp = TimeSpan.FromSeconds(2) }, """
            mkdir -p /tmp/.X11-unix /tmp/pg
            cat >/usr/local/bin/listen <<'P'
            import os, socket, sys
            s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()
            if len(sys.argv) > 2: os.rename(sys.argv[1], sys.argv[2])
            while True: s.accept()[0].close()
            P
            run() { setsid "$@" >/dev/null 2>&1 </dev/null & }
            run unshare -n python3 /usr/local/bin/listen /tmp/.s.PGSQL.5432
            run python3 /usr/local/bin/listen /tmp/pg/tmp.sock /tmp/pg/pgpool.sock
            mkfifo /tmp/pg/ctl; : >/tmp/.s.PGSQL.5432.lock
            until [ -S /tmp/pg/pgpool.sock ] && [ -S /tmp/.s.PGSQL.5432 ]; do sleep 0.1; done
            head -c 50M /dev/zero >/tmp/old-upload
            touch -d '30 days ago' /tmp/.s.PGSQL.5432 /tmp/.s.PGSQL.5432.lock /tmp/pg/* /tmp/old-upload
            sleep 3
            """);

        Assert.Equal(["/tmp/old-upload"], Names(plan));
        Assert.InRange(plan.Gains.Single().Amount, 50 << 20, 51 << 20);
        await _host.RunAsync("""
            python3 - <<'P'
            import os, socket
            for path in ("/tmp/pg/pgpool.sock", "/tmp/.s.PGSQL.5432"):
                s = socket.socket(socket.AF_UNIX); s.connect(path)
            assert os.path.exists("/tmp/pg/ctl") and os.path.exists("/tmp/.s.PGSQL.5432.lock")
            P
            """);
    }

    /// <summary>The binary logs of a database are below /var/log, and are called something.000001.</summary>
    [Fact]
    public async Task C51_OnlyTheLogsOfTheApplicationGo_AndWhoFillsTheDiskIsNamed()
    {
        string[] logs = ["/var/log/mysql/*", "/var/log/case51/*", "/var/log/pg/*"];
        var (plan, evidence) = await RepairAsync("log", h => h with { Logs = logs }, """
            mkdir -p /var/log/mysql /var/log/case51 /var/log/pg /var/lib/pgsql/data
            for n in $(seq -w 1 40); do
              head -c 2M /dev/urandom >/var/log/mysql/binlog.0000$n; echo ./binlog.0000$n
            done >/var/log/mysql/binlog.index
            : >/var/log/mysql/error.log; echo x >/var/log/mysql/error.log.1
            touch -d '20 days ago' /var/log/mysql/*
            sh -c 'exec 3>>/var/log/mysql/binlog.000040; exec sleep inf' >/dev/null 2>&1 </dev/null &
            ln -s /var/log/pg /var/lib/pgsql/data/pg_xlog
            for n in 1 2; do head -c 1M /dev/urandom | gzip >/var/log/pg/00000001000000000000000$n.gz; done
            echo x >/var/log/pg/server.log.1
            for n in 1 2 3; do head -c 8M /dev/zero | tr '\0' x >/var/log/case51/app.log.$n; done
            touch -d '20 days ago' /var/log/pg/* /var/log/case51/*
            """);

        Assert.Equal(["/var/log/case51/app.log.1", "/var/log/case51/app.log.2", "/var/log/case51/app.log.3"], Names(plan));
        Assert.Contains("below /var/log/mysql", evidence, StringComparison.Ordinal);
        Assert.Contains("/var/log/mysql/error.log.1 is in a directory of a database or queue", evidence, StringComparison.Ordinal);
        Assert.Contains("/var/log/pg/server.log.1 is in a directory of a database or queue", evidence, StringComparison.Ordinal);
        Assert.Equal("43", (await _host.RunAsync("ls /var/log/mysql | wc -l")).Trim());
    }

    /// <summary>After a full disk the rotation is broken for good.</summary>
    [Fact]
    public async Task C52_TheLogThatIsWrittenStays_AndPeopleAreToldThatTheRotationIsBroken()
    {
        var (plan, evidence) = await TryAsync("log", h => h with { Logs = ["/var/log/case52/*.log"] }, """
            mkdir -p /var/log/case52 /var/lib/logrotate; cp /var/lib/logrotate/status /run/status 2>/dev/null || :
            printf 'logrotate state -- version 2\n"/var/log/case52/app.log" 2026-11-01-3:0:0\n"/var/log/network/upd' \
              >/var/lib/logrotate/status
            head -c 60M /dev/zero | tr '\0' x >/var/log/case52/app.log
            : >/var/log/case52/app.log.1.gz; touch -d '20 days ago' /var/log/case52/*
            """);
        await _host.RunAsync("mv /run/status /var/lib/logrotate/status 2>/dev/null || rm /var/lib/logrotate/status");

        Assert.Null(plan.Plan);
        Assert.Contains("app.log.1.gz is empty: a rotation that ended half-way has left it", plan.Refusal, StringComparison.Ordinal);
        Assert.Contains("/var/lib/logrotate/status is broken off", evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("is broken off", (await TryAsync("log", h => h with { Logs = ["/var/log/case52/*.log"] }, ":")).Evidence,
            StringComparison.Ordinal);
    }

    /// <summary>Of whatever place and end: cut off, filled with zeros as after a crash, or with half a line in its middle.</summary>
    [Theory]
    [InlineData("/var/lib/logrotate/status", "printf 'logrotate state -- vers'", true)]
    [InlineData("/var/lib/logrotate/logrotate.status", "head -c 4096 /dev/zero", true)]
    [InlineData("/var/lib/logrotate.status", "printf 'logrotate state -- version 2\n\"/a\" 2026-\n\"/b\" 2026-11-1-3:0:0\n'", true)]
    [InlineData("/var/lib/logrotate.status", "printf 'logrotate state -- version 2\n\"/var/log/a b\" 2026-11-1-3:0:0\n'", false)]
    [InlineData("/var/lib/logrotate/status", "printf 'logrotate state -- version 1\n\"/var/log/a\" 2026-11-1\n'", false)]
    [InlineData("/var/lib/logrotate/status", ":", false)]
    public async Task RotationStateThatIsBrokenOff_IsNamed_AndAWholeOneIsNot(string place, string write, bool named)
    {
        var (_, evidence) = await TryAsync("log", h => h with { Logs = ["/var/log/state/*.log"] }, $"""
            mkdir -p /var/lib/logrotate /var/log/state /run/states
            for f in /var/lib/logrotate/* /var/lib/logrotate.status; do [ -e "$f" ] && mv "$f" /run/states/; done
            {write} >{place}
            """);
        await _host.RunAsync($"""
            rm {place}; for f in /run/states/*; do [ -e "$f" ] && mv "$f" /var/lib/logrotate/; done; rmdir /run/states
            """);

        Assert.Equal(named, evidence.Contains($"{place} is broken off", StringComparison.Ordinal));
    }

    /// <summary>Whatever packs it, and however it is numbered, an empty copy ended the next rotation with "File exists".</summary>
    [Theory]
    [InlineData("app.log.2.bz2")]
    [InlineData("app.log-20261101.xz")]
    [InlineData("app.log.1.zst")]
    public async Task EmptyCopyOfARotation_IsNamed_AndDoesNotGo(string name)
    {
        var (plan, _) = await TryAsync("log", h => h with { Logs = ["/var/log/copy/*.log"] }, $"""
            rm -rf /var/log/copy; mkdir -p /var/log/copy; echo now >/var/log/copy/app.log
            : >/var/log/copy/{name}; touch -d '20 days ago' /var/log/copy/{name}
            """);

        Assert.Null(plan.Plan);
        Assert.Contains($"{name} is empty: a rotation that ended half-way has left it", plan.Refusal, StringComparison.Ordinal);
        await _host.RunAsync($"[ -e /var/log/copy/{name} ]");
    }

    /// <summary>
    /// Bytes are free, and no file can be made. An XFS in splinters, of which no number tells, is among the scenarios of the program.
    /// </summary>
    [Fact]
    public async Task C53_WhereNoFileCanBeMade_ThatIsSaid_AndOnlyAFileThatCanBeMadeVerifiesARepair()
    {
        await using var host = await TestHost.StartAsync(900, inodes: 40000);
        var entry = HostFixture.Entry(host) with { Temp = ["/srv/spool"], KeepsTemp = TimeSpan.FromSeconds(2) };
        await FreeSpaceTests.InstallAsync(host, entry);
        var machines = HostFixture.Machines(entry);
        var (look, isFree) = (new DiskLook(machines), HostFixture.Request(new SpaceFreeInput { UsedBelow = 99 }));
        var before = await new SpaceFreeAction(machines).CheckAsync(isFree, Token);
        Assert.True(before.Good, before.Observed);
        Assert.Equal("true", (await look.LookAsync(HostFixture.Request(new DiskInput()), Token)).Single()["makes_files"]);
        await host.RunAsync("""
            cat >/run/use-up.py <<'P'
            import os
            os.makedirs("/srv/spool"); os.makedirs("/srv/mail")
            try:
                for i in range(1000000):
                    os.mknod("/srv/%s/%d" % ("spool" if i < 4000 else "mail", i))
            except OSError as e:
                print(e.strerror)
            P
            python3 /run/use-up.py
            touch /srv/one-more 2>/dev/null && exit 1
            sleep 3
            """);

        var seen = (await look.LookAsync(HostFixture.Request(new DiskInput()), Token)).Single();
        Assert.Equal("false", seen["makes_files"]);
        Assert.InRange(double.Parse(seen["used_percent"], CultureInfo.InvariantCulture), 10, 95);
        var check = await new SpaceFreeAction(machines).CheckAsync(isFree, Token);
        Assert.False(check.Good, check.Observed);
        Assert.EndsWith("; no file can be made (No space left on device)", check.Observed, StringComparison.Ordinal);
        var told = await new DescribeDiskAction(machines).ReadAsync(HostFixture.Request(new DiskInput()), Token);
        Assert.Contains("no file can be made there (No space left on device)", told.Values["reason"], StringComparison.Ordinal);

        var act = new FreeSpaceAction(machines, SpaceWay.All.Single(w => w.Kind == "temp"));
        var planned = await act.PlanAsync(Request(), Token);
        await act.ApplyAsync(Request(), planned.Plan ?? throw new InvalidOperationException(planned.Refusal), Token);
        check = await new SpaceFreeAction(machines).CheckAsync(isFree, Token);
        Assert.True(check.Good, check.Observed);
        await host.RunAsync("touch /srv/one-more");
    }

    /// <summary>The folder of a dead pod, listed by somebody: two of its folders are somebody's only copy.</summary>
    [Fact]
    public async Task C54_OnlyWhatTheDeadPodWroteItselfGoes()
    {
        const string Pod = "/var/lib/kubelet/pods/9af0d50b-50f1-11e8-b37b-ac1f6b10eed2";
        var keeps = TimeSpan.FromSeconds(2);
        var (plan, _) = await RepairAsync("temp", h => h with { Temp = ["/var/lib/kubelet/pods"], KeepsTemp = keeps }, $$"""
            P={{Pod}}
            mkdir -p $P/volumes/kubernetes.io~csi/pvc-1/mount $P/volumes/kubernetes.io~empty-dir/cache $P/volume-subpaths/local-pv/main/0
            mount -t tmpfs tmpfs $P/volumes/kubernetes.io~csi/pvc-1/mount
            echo 'orders of ten years' >$P/volumes/kubernetes.io~csi/pvc-1/mount/orders
            mkdir -p /srv/shared-data; echo 'the only copy' >/srv/shared-data/ledger
            mount --bind /srv/shared-data $P/volume-subpaths/local-pv/main/0
            head -c 80M /dev/zero >$P/volumes/kubernetes.io~empty-dir/cache/scratch
            find $P -type f -exec touch -d '30 days ago' {} +
            sleep 3
            """);

        Assert.Equal([$"{Pod}/volumes/kubernetes.io~empty-dir/cache/scratch"], Names(plan));
        Assert.Equal("the only copy", (await _host.RunAsync("cat /srv/shared-data/ledger")).Trim());
        Assert.Equal("orders of ten years", (await _host.RunAsync($"cat {Pod}/volumes/kubernetes.io~csi/pvc-1/mount/orders")).Trim());
    }

    /// <summary>A pod writes to a file that it has deleted: no log, not appended to, and its end is not a service's.</summary>
    [Fact]
    public async Task C55_TheDeletedFileOfAPodIsNotTruncated_AndItsHolderIsNamed()
    {
        var (plan, evidence) = await TryAsync("open", h => h with { Logs = ["/var/log/*.log", "/var/lib/kubelet/case55/*"] }, """
            mkdir -p /var/lib/kubelet/case55
            systemd-run -q --slice=kubepods.slice --unit=ghost sh -c \
              'exec 3>/var/lib/kubelet/case55/spool; rm /var/lib/kubelet/case55/spool; head -c 60M /dev/zero >&3; exec sleep inf'
            until ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q 'spool (deleted)' && pgrep -f 'sleep inf' >/dev/null \
              && [ "$(stat -L -c %s /proc/$(systemctl show -P MainPID ghost)/fd/3 2>/dev/null)" = 62914560 ]; do sleep 0.1; done
            """);

        Assert.Null(plan.Plan);
        Assert.Matches("60 MiB deleted, and open in process sleep \\(\\d+\\): /var/lib/kubelet/case55/spool", evidence);
        Assert.DoesNotContain("ghost.service", evidence, StringComparison.Ordinal);
        await _host.RunAsync("[ \"$(stat -L -c %s /proc/$(systemctl show -P MainPID ghost)/fd/3)\" = 62914560 ]; systemctl stop ghost");
    }

    /// <summary>Where no byte can be written to memory either, there is no marker: the files tell what was done.</summary>
    [Fact]
    public async Task C57_WithRunAndShmFull_TheRootIsRepairedOnce_AndOfRunItselfPeopleGetWhatFillsIt()
    {
        ManagedHost List(ManagedHost h) => h with { Temp = ["/srv/case57"], KeepsTemp = TimeSpan.FromSeconds(2) };
        try
        {
            var (planned, _) = await TryAsync("temp", List, """
                mkdir /srv/case57; head -c 60M /dev/zero >/srv/case57/upload
                for place in /run /dev/shm; do
                  mount -o remount,size=$(($(df --output=used -k $place | tail -n 1) + 1024))k $place
                  head -c 4M /dev/zero >$place/case57 2>/dev/null || :
                done
                ! echo more >/run/case57.more 2>/dev/null
                sleep 3
                """);
            var (act, request, plan) = (Act("temp", List), Request(), planned.Plan ?? throw new InvalidOperationException(planned.Refusal));

            Assert.InRange((await act.ApplyAsync(request, plan, Token)).Gains.Single().Amount, 59 << 20, 61 << 20);
            Assert.Equal(ProbeAnswer.Happened, (await act.ProbeAsync(request, plan, Token)).Answer);
            Assert.Equal(0, (await act.ApplyAsync(request, plan, Token)).Gains.Single().Amount);
            Assert.DoesNotContain(request.ActionId, await _host.RunAsync("ls /run/remediator"), StringComparison.Ordinal);

            var machines = HostFixture.Machines(List(HostFixture.Entry(_host)));
            var ofRun = HostFixture.Request(new FreeSpaceInput(), "/run");
            foreach (var way in SpaceWay.All)
                Assert.Null((await new FreeSpaceAction(machines, way).PlanAsync(ofRun, Token)).Plan);
            var told = await new DescribeDiskAction(machines)
                .ReadAsync(HostFixture.Request(new DiskInput(), "/run"), Token);
            Assert.Contains("file /run/case57", told.Text, StringComparison.Ordinal);
            Assert.StartsWith("/run (tmpfs on tmpfs): 100% of ", told.Text, StringComparison.Ordinal);
        }
        finally
        {
            await _host.RunAsync("rm -f /run/case57* /dev/shm/case57; for p in /run /dev/shm; do mount -o remount,size=64m $p; done");
        }
    }

    /// <summary>Nobody may write where the markers are, or it is no folder: once is once all the same.</summary>
    [Theory]
    [InlineData("mount -t tmpfs -o ro tmpfs /run/remediator", "umount /run/remediator")]
    [InlineData("mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs /run/remediator", "umount /run/remediator")]
    [InlineData("rmdir /run/remediator; : >/run/remediator", "rm /run/remediator")]
    public async Task WhereNoMarkerCanBeMade_TheFilesTellWhatWasDone(string setup, string undo)
    {
        ManagedHost List(ManagedHost h) => h with { Temp = ["/srv/marker"], KeepsTemp = TimeSpan.FromSeconds(2) };
        try
        {
            var (planned, _) = await TryAsync("temp", List, $"""
                rm -rf /run/remediator; mkdir -p /run/remediator /srv/marker
                {setup}
                head -c 60M /dev/zero >/srv/marker/upload
                sleep 3
                """);
            var (act, request, plan) = (Act("temp", List), Request(), planned.Plan ?? throw new InvalidOperationException(planned.Refusal));

            Assert.Equal(ProbeAnswer.DidNotHappen, (await act.ProbeAsync(request, plan, Token)).Answer);
            Assert.InRange((await act.ApplyAsync(request, plan, Token)).Gains.Single().Amount, 59 << 20, 61 << 20);
            Assert.Equal(ProbeAnswer.Happened, (await act.ProbeAsync(request, plan, Token)).Answer);
            // the same again, as after a crash: what is there now is another one
            await _host.RunAsync("head -c 60M /dev/zero >/srv/marker/upload; sleep 3");
            Assert.Equal(0, (await act.ApplyAsync(request, plan, Token)).Gains.Single().Amount / (1 << 20));
            await _host.RunAsync("[ -s /srv/marker/upload ]");
        }
        finally
        {
            await _host.RunAsync($"{undo}; rm -rf /srv/marker");
        }
    }

    /// <summary>"Too many open files", and the process has a few: others of its user have nearly all inotify instances.</summary>
    [Fact]
    public async Task C58_TheProcessThatComplainsIsNotRestarted_AndPeopleGetWhoHasTheInstances()
    {
        await _host.RunAsync("""
            cat >/run/case58.py <<'P'
            import ctypes, sys, time
            libc = ctypes.CDLL(None, use_errno=True)
            open('/proc/self/comm', 'w').write(sys.argv[1])
            kept = [libc.inotify_init1(0) for _ in range(int(sys.argv[2]))]
            assert min(kept) >= 0
            open('/run/user-58/' + sys.argv[1], 'w').close()
            time.sleep(1000000)
            P
            useradd -u 5858 -M case58; install -d -o case58 /run/user-58
            systemd-run -q --uid=case58 --unit=case58-holder python3 /run/case58.py holder 120
            systemd-run -q --uid=case58 --unit=case58 python3 /run/case58.py case58 2
            until [ -e /run/user-58/holder ] && [ -e /run/user-58/case58 ]; do sleep 0.1; done
            """);
        var machines = HostFixture.Machines(HostFixture.Entry(_host) with { Units = ["case58.service", "case58-holder.service"] });
        var request = HostFixture.Request(new DescriptorsInput { Process = "case58" }) with
        {
            Resource = new("test", ResourceKinds.Host, "", "db-1"),
        };

        var seen = (await new DescriptorsLook(machines).LookAsync(request, Token)).Single();

        Assert.Equal(("unclear", "inotify"), (seen["trouble"], seen["short"]));
        var told = await new DescribeDescriptorsAction(machines).ReadAsync(request, Token);
        Assert.Matches(
            @"^process case58 has \d of 1024 descriptors open, but its user has 122 of \d+ inotify instances "
                + @"\(fs\.inotify\.max_user_instances\): 120 of holder \(\d+\), 2 of case58 ",
            told.Values["reason"]);
        await _host.RunAsync("systemctl stop case58 case58-holder; userdel case58; rm -r /run/user-58");
    }

    /// <summary>No space left on the device, and the disk is half empty: its user has no inotify watch left.</summary>
    [Fact]
    public async Task NoInotifyWatchIsLeft_ThatIsNoFullDisk_AndPeopleGetWhoHasThem()
    {
        await FreeSpaceTests.InstallAsync(_host, HostFixture.Entry(_host) with { Temp = ["/srv/none"] });
        await _host.RunAsync("""
            cat >/run/watches.py <<'P'
            import ctypes, os, time
            libc = ctypes.CDLL(None, use_errno=True)
            open('/proc/self/comm', 'w').write('watches')
            os.makedirs('/run/user-59/w')
            most = int(open('/proc/sys/fs/inotify/max_user_watches').read())
            names = [b'/run/user-59/w/%d' % i for i in range(most // 80 + 1)]
            for name in names:
                open(name, 'w').close()
            while True:
                fd = libc.inotify_init1(0)
                assert fd >= 0
                if any(libc.inotify_add_watch(fd, name, 2) < 0 for name in names):
                    break
            open('/run/user-59/' + os.strerror(ctypes.get_errno()), 'w').close()
            time.sleep(1000000)
            P
            useradd -u 5959 -M watches; install -d -o watches /run/user-59
            systemd-run -q --uid=watches --unit=watches python3 /run/watches.py
            until [ -e '/run/user-59/No space left on device' ]; do systemctl is-active -q watches || exit 1; sleep 0.1; done
            """);
        try
        {
            var machines = HostFixture.Machines(HostFixture.Entry(_host) with { Temp = ["/srv/none"] });
            var told = await new DescribeDiskAction(machines).ReadAsync(HostFixture.Request(new DiskInput()), Token);
            Assert.Matches(
                @"user 5959 has (\d+) of \1 inotify watches \(fs\.inotify\.max_user_watches\), process watches \(\d+\) \1 of them",
                told.Values["reason"]);
            Assert.DoesNotContain("no file can be made", told.Text, StringComparison.Ordinal);
        }
        finally
        {
            await _host.RunAsync("systemctl stop watches; userdel watches; rm -r /run/user-59");
        }

        var after = await new DescribeDiskAction(HostFixture.Machines(HostFixture.Entry(_host) with { Temp = ["/srv/none"] }))
            .ReadAsync(HostFixture.Request(new DiskInput()), Token);
        Assert.DoesNotContain("inotify", after.Text, StringComparison.Ordinal);
    }

    /// <summary>A server that waits with select() refuses politely at descriptor 1,024, and dies above it.</summary>
    [Fact]
    public async Task C59_TheLimitOfAServerUnderLoadIsNotRaised_AndPeopleGetThatItIsLoad()
    {
        await _host.RunAsync("""
            cat >/run/case59.py <<'P'
            import select, socket
            open('/proc/self/comm', 'w').write('case59')
            server = socket.create_server(('127.0.0.1', 7059), backlog=512)
            kept = []
            while True:
                ready, _, _ = select.select([server] + kept, [], [])
                for s in ready:
                    if s is not server:
                        kept.remove(s) if not s.recv(4096) else None
                        continue
                    try:
                        kept.append(server.accept()[0])
                    except OSError as e:
                        print('accept:', e, flush=True)
                        select.select([], [], [], 1)
            P
            cat >/run/case59-clients.py <<'P'
            import socket, time
            kept = [socket.create_connection(('127.0.0.1', 7059)) for _ in range(1010)]
            open('/run/case59.ready', 'w').close()
            time.sleep(1000000)
            P
            systemd-run -q --unit=case59 -p LimitNOFILE=1024:4096 python3 /run/case59.py
            until ss -tln 2>/dev/null | grep -q :7059 || grep -q ':1B93 ' /proc/net/tcp; do sleep 0.1; done
            systemd-run -q --unit=case59-clients -p LimitNOFILE=4096 python3 /run/case59-clients.py
            pid=$(systemctl show -P MainPID case59)
            until [ -e /run/case59.ready ] && [ "$(ls /proc/$pid/fd | wc -l)" -gt 1010 ]; do sleep 0.1; done
            """);
        var machines = HostFixture.Machines(HostFixture.Entry(_host) with { Units = ["case59.service"] });
        var request = HostFixture.Request(new DescriptorsInput { Process = "case59" }) with
        {
            Resource = new("test", ResourceKinds.Host, "", "db-1"),
        };

        var seen = (await new DescriptorsLook(machines).LookAsync(request, Token)).Single();

        Assert.Equal(("load", "process", "1024", "4096"), (seen["trouble"], seen["short"], seen["limit"], seen["hard_limit"]));
        var told = await new DescribeDescriptorsAction(machines).ReadAsync(request, Token);
        Assert.Matches(
            @"^process case59 has 10[12]\d of 1024 descriptors open: 1010 ESTABLISHED from 127\.0\.0\.1 at port 7059",
            told.Values["reason"]);
        Assert.Equal("1024 4096", (await _host.RunAsync("""
            awk '/Max open files/ { print $4, $5 }' /proc/$(systemctl show -P MainPID case59)/limits
            """)).Trim());
        await _host.RunAsync("""
            sed 's/1010/40/; s/case59.ready/case59.more/' /run/case59-clients.py >/run/case59-more.py
            systemd-run -q --unit=case59-more python3 /run/case59-more.py
            until journalctl -q -u case59 -o cat --no-pager | grep -q 'accept: .*Too many open files'; do sleep 0.1; done
            systemctl is-active -q case59
            systemctl stop case59 case59-clients case59-more
            """);
    }

    private static IEnumerable<string> Names(ActionPlan plan) => plan.Parameters["files"].Split('\n')
        .Select(f => new MayGo("", 0, f).Path)
        .Order(StringComparer.Ordinal);

    private async Task<(ActionPlan Plan, string Evidence)> RepairAsync(string kind, Func<ManagedHost, ManagedHost> list, string setup)
    {
        var (planned, evidence) = await TryAsync(kind, list, setup);
        var plan = planned.Plan ?? throw new InvalidOperationException(planned.Refusal);
        var outcome = await Act(kind, list).ApplyAsync(Request(), plan, Token);
        var gain = GainSeen.Compare(plan.Gains, outcome.Gains)[0];
        Assert.True(gain.IsAsExpected(), $"{gain.Describe()}: {outcome.Message}");
        return (plan, evidence);
    }

    private async Task<(PlanResult Plan, string Evidence)> TryAsync(string kind, Func<ManagedHost, ManagedHost> list, string setup)
    {
        await FreeSpaceTests.InstallAsync(_host, list(HostFixture.Entry(_host)));
        await _host.RunAsync(setup);
        var evidence = await new DescribeDiskAction(HostFixture.Machines(list(HostFixture.Entry(_host))))
            .ReadAsync(HostFixture.Request(new DiskInput()), Token);
        return (await Act(kind, list).PlanAsync(Request(), Token), $"{evidence.Text}\n{evidence.Values["reason"]}");
    }

    private FreeSpaceAction Act(string kind, Func<ManagedHost, ManagedHost> list) =>
        new(HostFixture.Machines(list(HostFixture.Entry(_host))), SpaceWay.All.Single(w => w.Kind == kind));

    private static ActionRequest Request() => HostFixture.Request(new FreeSpaceInput(), id: Guid.NewGuid().ToString());
}
