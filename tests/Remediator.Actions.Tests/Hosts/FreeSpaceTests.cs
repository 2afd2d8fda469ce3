using System.Globalization;
using Remediator.Actions.Hosts.DescribeDisk;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.FreeSpace;
using Remediator.Actions.Hosts.Space;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Policies;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>Real file systems of a real host: what goes, that it is what was said, and that nothing else does.</summary>
[Trait("Needs", "Hosts")]
public sealed class FreeSpaceTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ext4", "root")]
    [InlineData("xfs", "ops")]
    public async Task OnAFullDisk_LogsTempAndDeletedLogs_GiveWhatWasSaid_AndNothingElseIsGone(string type, string user)
    {
        await using var host = await TestHost.StartAsync(900, type);
        var entry = Entry(host, user);
        await InstallAsync(host, entry);
        await host.RunAsync("""
            mkdir -p /var/log/app /tmp/upload
            for n in 1 2 3; do head -c 20M /dev/urandom | base64 >/var/log/app/app.log.$n; done
            head -c 22M /dev/urandom | base64 | gzip -1 >'/var/log/app/app.log-20261001.gz'
            echo now >/var/log/app/app.log; echo kept >/var/log/app/other.log.1; echo kept >/var/log/auth.log.1
            cp /var/log/app/app.log.1 /var/log/app/app.log.4
            touch -d '30 days ago' /var/log/app/*.log.[123] /var/log/app/*.gz /var/log/app/other.log.1 /var/log/auth.log.1
            head -c 40M /dev/zero >/tmp/upload/part; head -c 10M /dev/zero >'/tmp/a "name" $(reboot)
            -rf'; touch -d '30 days ago' /tmp/upload/part /tmp/a*
            cat >/etc/systemd/system/app.service <<'U'
            [Service]
            ExecStart=/bin/sh -c 'cd /var/log/app; exec 3>>web.log; head -c 30M /dev/zero | tr "\\0" x >&3; rm web.log; exec sleep inf'
            U
            systemctl daemon-reload; systemctl start app
            while [ -e /var/log/app/web.log ]; do sleep 0.1; done
            sleep 3
            head -c 2G /dev/zero >/var/lib/filler 2>/dev/null || true; sync
            """);
        var before = await ListAsync(host);
        var machines = HostFixture.Machines(entry);
        var seen = (await new DiskLook(machines).LookAsync(HostFixture.Request(new DiskInput()), Token)).Single();
        Assert.Equal("ok", seen["space_helper"]);
        Assert.True(Number(seen, "used_percent") > 99, seen.ToString());

        foreach (var (way, least) in SpaceWay.All.Zip([96 << 20, 49 << 20, 29 << 20]))
        {
            var act = new FreeSpaceAction(machines, way);
            var request = HostFixture.Request(new FreeSpaceInput(), id: way.Action);
            var planned = await act.PlanAsync(request, Token);
            var plan = planned.Plan ?? throw new InvalidOperationException(planned.Refusal);
            Assert.Equal(ProbeAnswer.DidNotHappen, (await act.ProbeAsync(request, plan, Token)).Answer);
            var outcome = await act.ApplyAsync(request, plan, Token);
            var gain = GainSeen.Compare(plan.Gains, outcome.Gains)[0];
            Assert.True(gain.IsAsExpected(), $"{gain.Describe()}: {outcome.Message}");
            // on XFS, app.log.4 is a copy that has its blocks in common with app.log.1
            Assert.True(gain.Got > least - (type == "xfs" ? 28 << 20 : 0), gain.Describe());
            Assert.Equal(ProbeAnswer.Happened, (await act.ProbeAsync(request, plan, Token)).Answer);
            Assert.Equal(0, (await act.ApplyAsync(request, plan, Token)).Gains[0].Amount);
            Assert.NotNull((await act.PlanAsync(request, Token)).Refusal);
        }

        var gone = before.Except(await ListAsync(host)).Select(l => l.Split('\t')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(
            ["/tmp/a \"name\" $(reboot)\\n-rf", "/tmp/upload/part", "/var/log/app/app.log-20261001.gz", "/var/log/app/app.log.1",
                "/var/log/app/app.log.2", "/var/log/app/app.log.3"],
            gone);
        Assert.Equal("active", (await host.RunAsync("systemctl is-active app")).Trim());
        var evidence = await new DescribeDiskAction(machines).ReadAsync(HostFixture.Request(new DiskInput()), Token);
        Assert.Contains("file /var/lib/filler", evidence.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public async Task WithoutInodes_OldTemporaryFilesGiveThemBack_AsManyAsWasSaid(string type)
    {
        await using var host = await TestHost.StartAsync(900, type);
        var entry = Entry(host, "root");
        await InstallAsync(host, entry);
        await host.RunAsync("""
            python3 - <<'P'
            import os, time
            os.makedirs("/tmp/sessions"); os.makedirs("/srv/mail/new")
            def make(top, count):
                for i in range(count):
                    path = "%s/%d" % (top, i)
                    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
                    os.utime(path, (0, 0))
            make("/tmp/sessions", 12000)
            try:
                make("/srv/mail/new", 60000 if os.statvfs("/").f_files < 100000 else 5000)
            except OSError:
                pass
            P
            sleep 3
            head -c 2G /dev/zero >/var/lib/filler 2>/dev/null || true; sync
            """);
        var before = await ListAsync(host);
        var machines = HostFixture.Machines(entry);
        var seen = (await new DiskLook(machines).LookAsync(HostFixture.Request(new DiskInput()), Token)).Single();
        Assert.True(Number(seen, "inodes_used_percent") > 98, seen.ToString());
        Assert.True(Number(seen, "old_temp_files") >= 1000, seen.ToString());

        var act = new FreeSpaceAction(machines, SpaceWay.All.Single(w => w.Kind == "temp"));
        var request = HostFixture.Request(new FreeSpaceInput());
        var planned = await act.PlanAsync(request, Token);
        var plan = planned.Plan ?? throw new InvalidOperationException(planned.Refusal);
        var outcome = await act.ApplyAsync(request, plan, Token);

        var gain = GainSeen.Compare(plan.Gains, outcome.Gains).Single(g => g.Of.StartsWith("inodes", StringComparison.Ordinal));
        Assert.True(gain.IsAsExpected(), $"{gain.Describe()}: {outcome.Message}");
        var gone = before.Except(await ListAsync(host)).ToList();
        Assert.All(gone, l => Assert.StartsWith("/tmp/sessions/", l, StringComparison.Ordinal));
        Assert.Equal(plan.Gains[1].Amount, gone.Count);
    }

    /// <summary>Others who look or free, and folders with more names than there is time for: none seen is not none.</summary>
    [Fact]
    public async Task WhereItCouldNotBeSeen_ItIsAskedAgain_AndNobodyIsToldThatThereAreNone()
    {
        await using var host = await TestHost.StartAsync();
        var entry = HostFixture.Entry(host, "ops") with { Temp = ["/tmp/many", "/tmp/old"], KeepsTemp = TimeSpan.FromSeconds(2) };
        await InstallAsync(host, entry);
        await host.RunAsync("mkdir /tmp/many /tmp/old; head -c 60M /dev/zero >/tmp/old/upload; sleep 3");
        var machines = HostFixture.Machines(entry);
        var (act, look) = (new FreeSpaceAction(machines, SpaceWay.All.Single(w => w.Kind == "temp")), new DiskLook(machines));
        var (request, looks) = (HostFixture.Request(new FreeSpaceInput()), HostFixture.Request(new DiskInput()));
        var plan = (await act.PlanAsync(request, Token)).Plan!;

        var together = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => look.LookAsync(looks, Token)));
        Assert.All(together, f => Assert.Equal(("1", ""), (f.Single()["old_temp_files"], f.Single()["unseen"])));

        await host.RunAsync("setsid flock /etc/remediator/space.conf sleep inf >/dev/null 2>&1 </dev/null & sleep 1");
        Task[] busy =
        [
            act.PlanAsync(request, Token), look.LookAsync(looks, Token), act.ApplyAsync(request, plan, Token),
            act.ProbeAsync(request, plan, Token),
        ];
        foreach (var one in busy)
            await AsksAgainAsync(one, "another one is at work here");
        await host.RunAsync("pkill -f 'sleep inf'");

        await host.RunAsync("""
            python3 - <<'P'
            import os
            for base in range(5):
                first = "/tmp/many/%d" % base
                open(first, "w").close()
                for i in range(50000):
                    os.link(first, "%s-%d" % (first, i))
            P
            """);
        await AsksAgainAsync(act.PlanAsync(request, Token), "Whether host db-1 has old temporary files on / is not known");
        var seen = (await look.LookAsync(looks, Token)).Single();
        Assert.Equal(("ok", "temp", "", ""), (seen["space_helper"], seen["unseen"], seen["old_temp_bytes"], seen["old_temp_files"]));
        var told = await new DescribeDiskAction(machines).ReadAsync(looks, Token);
        Assert.Contains("whether temporary files may go is not known", told.Values["reason"], StringComparison.Ordinal);
        var all = plan with { Parameters = new Dictionary<string, string>(plan.Parameters) { ["files"] = "old:2000000000000000000:1" } };
        await AsksAgainAsync(act.ProbeAsync(request, all, Token), "there was no time to look at all");
        Assert.Equal(ProbeAnswer.DidNotHappen, (await act.ProbeAsync(request, plan, Token)).Answer);
    }

    private static async Task AsksAgainAsync(Task call, string why)
    {
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => call);
        Assert.Equal(FailureKind.Transient, failed.Kind);
        Assert.Contains(why, failed.Message, StringComparison.Ordinal);
    }

    /// <summary>Cases 50, 51 and 54 and what is like them: each looks as if it may go.</summary>
    [Theory]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public async Task WhatOnlyLooksAsIfItMayGo_IsLeft(string type)
    {
        await using var host = await TestHost.StartAsync(900, type);
        var entry = Entry(host, "root") with
        {
            Logs = ["/var/log/app/*.log", "/var/log/mysql/*", "/var/log/pg/*", "/srv/linked/*.log", "/var/log/other/*.log"],
        };
        await InstallAsync(host, entry);
        await host.RunAsync(Decoys);
        var before = await ListAsync(host);
        var machines = HostFixture.Machines(entry);
        var answers = new List<string>();
        foreach (var way in SpaceWay.All)
        {
            var act = new FreeSpaceAction(machines, way);
            var request = HostFixture.Request(new FreeSpaceInput(), id: way.Action);
            var plan = await act.PlanAsync(request, Token);
            if (plan.Plan is { } some) answers.Add((await act.ApplyAsync(request, some, Token)).Message);
        }

        var gone = before.Except(await ListAsync(host)).Select(l => l.Split('\t')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(["/tmp/old-upload", "/var/log/app/app.log.1", "/var/log/app/app.log.2", "/var/log/app/app.log.3"], gone);
        // they still answer
        await host.RunAsync("""
            python3 - <<'P'
            import socket
            for path in ("/tmp/pg/pgpool.sock",):
                s = socket.socket(socket.AF_UNIX); s.connect(path)
            P
            """);
        Assert.Equal("the only copy", (await host.RunAsync("cat /srv/shared/ledger")).Trim());
    }

    private const string Decoys = """
        mkdir -p /tmp/pg /tmp/bound /tmp/vol /tmp/locked /srv/shared /var/log/app /var/log/mysql /var/log/pg /var/log/other /srv/real
        cat >/usr/local/bin/listen <<'P'
        import os, socket, sys
        s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()
        if len(sys.argv) > 2: os.rename(sys.argv[1], sys.argv[2])
        while True: s.accept()[0].close()
        P
        run() { setsid "$@" >/dev/null 2>&1 </dev/null & }
        # 50: sockets, one in another network namespace and one that was renamed; pipes and locks
        run unshare -n python3 /usr/local/bin/listen /tmp/.s.PGSQL.5432
        run python3 /usr/local/bin/listen /tmp/pg/tmp.sock /tmp/pg/pgpool.sock
        mkfifo /tmp/pg/ctl; : >/tmp/.s.PGSQL.5432.lock
        until [ -S /tmp/pg/pgpool.sock ] && [ -S /tmp/.s.PGSQL.5432 ]; do sleep 0.1; done
        head -c 50M /dev/zero >/tmp/old-upload
        # open, mapped, locked, executable of others
        echo open >/tmp/open; run sh -c 'exec 3</tmp/open; exec sleep inf'
        head -c 8192 /dev/zero >/tmp/mapped
        run python3 -c 'import ctypes, os, time; c = ctypes.CDLL(None); f = os.open("/tmp/mapped", os.O_RDWR)
        c.mmap(None, ctypes.c_size_t(8192), 3, 1, f, ctypes.c_long(0)); os.close(f); time.sleep(1e6)'
        echo locked >/tmp/locked/file; run flock -s /tmp/locked sleep inf
        # 54: a bind mount of the same device, and another file system
        echo 'the only copy' >/srv/shared/ledger; echo book >/srv/shared/book; mount --bind /srv/shared /tmp/bound
        mount -t tmpfs tmpfs /tmp/vol; echo orders >/tmp/vol/orders
        ln -s /srv/shared /tmp/link; ln /srv/shared/ledger /tmp/second
        # boot-only, as tmpfiles.d says
        printf 'd /tmp 1777 root root 5s\nr! /tmp/booted\nx /tmp/kept\n' >/etc/tmpfiles.d/zz-test.conf
        mkdir /tmp/kept; echo kept >/tmp/kept/file; echo once >/tmp/booted
        # 51: binary logs, by name and by content; WAL behind a link
        for n in 01 02 03; do head -c 2M /dev/urandom >/var/log/mysql/mysql-bin.0000$n; echo /var/log/mysql/mysql-bin.0000$n; done \
          >/var/log/mysql/mysql-bin.index
        cp /var/log/mysql/mysql-bin.000001 /var/log/mysql/binlog.1; : >/var/log/mysql/error.log.1
        run sh -c 'exec 3>>/var/log/mysql/mysql-bin.000003; exec sleep inf'
        for n in 1 2; do head -c 1M /dev/urandom >/var/log/pg/00000001000000000000000$n; done; echo x >/var/log/pg/server.log.1
        ln -s /srv/real /srv/linked; echo x >/srv/real/web.log.1
        printf '\376bin\0\0' >/var/log/other/hidden.log.1
        head -c 1M /dev/urandom >/var/log/other/core.log.2; echo text >/var/log/other/gz.log.3.gz
        for n in 1 2 3; do head -c 8M /dev/zero >/var/log/app/app.log.$n; done
        # open for reading, a second name, a link, a folder, evidence, a name that is no rotation, one that is a log's own
        echo x >/var/log/app/read.log.1; run sh -c 'exec 3</var/log/app/read.log.1; exec sleep inf'
        echo x >/var/log/app/linked.log.1; ln /var/log/app/linked.log.1 /srv/elsewhere
        ln -s /srv/shared/ledger /var/log/app/sym.log.1; mkdir /var/log/app/dir.log.1
        echo x >/var/log/app/auth.log.1; echo x >/var/log/app/app.log.000001; echo x >/var/log/app/app.log
        # deleted and open: not appended to; read and written; mapped; of no listed log
        for how in '3>/var/log/app/a.log' '3<>/var/log/app/b.log' '3>>/srv/real/c.log'; do
          run sh -c "exec $how; head -c 3M /dev/zero | tr '\\0' x >&3; rm ${how##*>}; exec sleep inf"
        done
        for f in /var/log/app/a.log /var/log/app/b.log /srv/real/c.log; do
          until ! [ -e $f ] && ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q "$f (deleted)"; do sleep 0.1; done
        done
        find /tmp /var/log /srv -mindepth 1 ! -name app.log -exec touch -hd '30 days ago' {} +
        sleep 3
        """;

    private static ManagedHost Entry(TestHost host, string user) => HostFixture.Entry(host, user) with
    {
        Logs = ["/var/log/app/app.log", "/var/log/app/web.log", "/var/log/*.log"],
        Temp = ["/tmp"],
        KeepsTemp = TimeSpan.FromSeconds(2),
    };

    /// <summary>As the manual says it.</summary>
    internal static async Task InstallAsync(TestHost host, ManagedHost entry)
    {
        await File.WriteAllTextAsync(Path.Combine(host.Root, "usr/local/sbin/remediator-space"), SpaceHelper.Text, Token);
        await host.RunAsync($$"""
            chmod 755 /usr/local/sbin/remediator-space
            mkdir -p /etc/remediator; cat >/etc/remediator/space.conf <<'C'
            {{SpaceHelper.ListOf(entry)}}
            C
            chmod 644 /etc/remediator/space.conf
            usermod -aG systemd-journal ops
            echo 'ops ALL=(root) NOPASSWD: sha256:{{SpaceHelper.Digest}} {{SpaceHelper.Path}}' >/etc/sudoers.d/remediator
            chmod 440 /etc/sudoers.d/remediator
            visudo -cqf /etc/sudoers.d/remediator
            install -d -o ops -m 700 /run/remediator
            """);
    }

    /// <summary>Every file, with what it holds; what the system itself writes left out.</summary>
    internal static async Task<IReadOnlyList<string>> ListAsync(TestHost host) => (await host.RunAsync("""
        python3 - <<'P'
        import hashlib, os
        for top in ("/var/log", "/tmp", "/srv", "/var/lib", "/etc", "/root", "/home", "/opt", "/usr/local"):
            for folder, folders, files in os.walk(top):
                if folder.startswith(("/var/log/journal", "/var/lib/systemd")): continue
                for name in files:
                    path = os.path.join(folder, name)
                    if path in ("/var/log/syslog", "/var/log/wtmp", "/var/log/lastlog") or path.startswith("/tmp/systemd"): continue
                    if folder == "/var/log" and name.endswith(".log"): continue
                    s = os.lstat(path)
                    print(path.replace("\n", "\\n"), s.st_ino, s.st_size, s.st_mtime_ns, sep="\t")
        P
        """)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static double Number(Fact fact, string label) => double.Parse(fact[label], CultureInfo.InvariantCulture);
}
