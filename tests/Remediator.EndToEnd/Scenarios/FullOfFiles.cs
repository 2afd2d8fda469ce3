using System.Globalization;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// A real host, full of what the policy lets go: its node_exporter, a Prometheus, an Alertmanager, and an engine that logs in as a user
/// without rights of its own but those that <c>remediator permissions</c> prints. First its bytes are used up, so that each step of the
/// ladder is needed; then its inodes, and the engine is killed in the midst of giving them back.
/// </summary>
[Trait("Needs", "Hosts")]
public sealed class FullOfFiles
{
    private const int Sessions = 7000;
    private const int Aside = 400;

    private const string Listing =
        "find / -xdev -type f ! -path '/run/*' ! -path '/proc/*' ! -path '/var/log/journal/*' "
        + "! -regex '/var/log/[^/]*[.]log' ! -path '/var/log/syslog' ! -path '/var/log/wtmp' ! -path '/var/log/lastlog' "
        + "! -path '/var/lib/systemd/*' ! -path '/var/spool/rsyslog/*' -printf '%p %s %T@ %i\\n'";

    private const string Program = "^/usr/bin/python3 -I [^ ]* free ";

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task EachStepGivesWhatItSaid_AndAnActThatWasKilledIsFinished_AndNothingElseIsGone()
    {
        await using var host = await TestHost.StartAsync(2400, inodes: 40000);
        using var files = new Workspace("full-of-files");
        var alertmanagerPort = FreePort.Take();
        var settings = HostScenario.Settings(
            files, host, alertmanagerPort,
            """
            logs: [ /var/log/app/*.log ]
            temp: /tmp
            keep_temp: 2s
            units: cache.service
            """,
            "ops");
        // a script on the host takes the time it takes, and it has three minutes for it, times this
        settings["Engine:DurationScale"] = "0.15";
        foreach (var playbook in new[] { "disk-full", "inodes-full" })
            HoldShortly(Path.Combine(settings["Definitions:Playbooks"], "hosts", $"{playbook}.yaml"));
        await using var engine = new EngineProcess(files, files["data"], settings);
        await InstallAsync(engine, settings, host);
        await using var alertmanager = await AlertmanagerProcess.StartAsync(HostScenario.Routes(engine), port: alertmanagerPort);
        await using var prometheus = Prometheus(files, host, alertmanagerPort);
        await engine.StartAsync(ready: false);
        await host.RunAsync(FillBytes);
        var before = await ListAsync(host);
        var free = await FreeBytesAsync(host);

        var story = await AwaitEndAsync(engine, prometheus, 1);
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal(
            ["host.delete-rotated-logs", "host.delete-old-temp", "host.truncate-deleted-logs", "host.restart-unit"], story.Acts);
        var gains = story.All<ActionSucceeded>().SelectMany(a => a.Gains ?? []).ToList();
        Assert.Equal(3, gains.Count);
        Assert.All(gains, g => Assert.True(g is { Of: "bytes on /", Expected: >= 60 << 20 } && g.IsAsExpected(), g.Describe()));
        var won = await FreeBytesAsync(host) - free;
        Assert.InRange(won - gains.Sum(g => g.Got!.Value), Cached - (10 << 20), Cached + (10 << 20));
        Assert.Equal(
            ["/tmp/upload 1", "/tmp/upload/part", "/var/log/app/app-2026-10-01.log", "/var/log/app/app.log.1"],
            Gone(before, await ListAsync(host)));
        var (code, said) = await engine.VerbAsync("audit", "show", story.Incident.Id);
        Assert.True(code == 0, said);
        Assert.All(gains, g => Assert.Contains(g.Describe(), said, StringComparison.Ordinal));

        await host.RunAsync(FillInodes);
        before = await ListAsync(host);
        var left = await host.RunAsync($$"""
            until held=$(pgrep -f '{{Program}}') && [ "$(ls /tmp/sessions | wc -l)" -lt {{Sessions}} ]; do sleep 0.02; done
            kill -STOP $held
            ls /tmp/sessions | wc -l
            """);
        Assert.InRange(int.Parse(left, CultureInfo.InvariantCulture), 1, Sessions - 1);
        await engine.KillAsync();
        var cut = Stories(engine)[^1];
        Assert.Single(cut.All<ActionIntended>());
        Assert.Empty(cut.All<ActionSucceeded>());
        // nobody hears it any more: it ends by itself, and what it had put aside has its name back
        left = await host.RunAsync($$"""
            pkill -CONT -f '[ ]free / old:'
            while pgrep -f '[ ]free / old:' >/dev/null; do sleep 0.05; done
            find / -xdev -name '.rmdtr-*'
            ls /tmp/sessions | wc -l
            """);
        Assert.InRange(int.Parse(left, CultureInfo.InvariantCulture), 1, Sessions - 1);
        await engine.StartAsync(ready: false);

        story = await AwaitEndAsync(engine, prometheus, 2);
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal(["host.delete-old-temp"], story.Acts);
        Assert.Equal(ProbeAnswer.DidNotHappen, story.All<ActionProbed>()[0].Answer);
        Assert.Equal("5", (await host.RunAsync("ls /run/remediator | wc -l")).Trim());
        Assert.Equal(Sessions, story.All<ActionIntended>()[0].Plan.Gains.Single(g => g.Of == "inodes on /").Amount);
        var gone = Gone(before, await ListAsync(host));
        // those that were aside have a new time of change, and so are not as planned
        Assert.InRange(gone.Count, Sessions - Aside, Sessions);
        Assert.All(gone, f => Assert.StartsWith("/tmp/sessions/", f, StringComparison.Ordinal));
    }

    /// <summary>What is verified has to last for less long; that a step is not enough shows soon.</summary>
    private static void HoldShortly(string playbook) => File.WriteAllText(
        playbook,
        File.ReadAllText(playbook)
            .Replace("stable: 10m", "stable: 1m", StringComparison.Ordinal)
            .Replace("within: 1h", "within: 100s", StringComparison.Ordinal));

    private const long Cached = 300 << 20;

    /// <summary>As the manual says it, and with what the program prints for this policy.</summary>
    private static async Task InstallAsync(EngineProcess engine, Dictionary<string, string> settings, TestHost host)
    {
        var (code, rights) = await engine.VerbAsync(
            "permissions", "--for", "hosts", "--set", $"Definitions:Policy={settings["Definitions:Policy"]}");
        Assert.True(code == 0, rights);
        var (_, helper) = await engine.VerbAsync("permissions", "--for", "helper");
        await File.WriteAllTextAsync(Path.Combine(host.Root, "usr/local/sbin/remediator-space"), helper, Token);
        await File.WriteAllTextAsync(Path.Combine(host.Root, "etc/sudoers.d/remediator"), rights, Token);
        await host.RunAsync("""
            set -e
            chmod 755 /usr/local/sbin/remediator-space
            mkdir /etc/remediator
            sed -n 's/^# \({.*}\)$/\1/p' /etc/sudoers.d/remediator >/etc/remediator/space.conf
            sed -n 's/^# \(d .*\)$/\1/p' /etc/sudoers.d/remediator >/etc/tmpfiles.d/remediator.conf
            chmod 644 /etc/remediator/space.conf
            chmod 440 /etc/sudoers.d/remediator
            visudo -cq
            systemd-tmpfiles --create remediator.conf
            usermod -aG systemd-journal ops
            """);
    }

    private static async Task<IReadOnlyList<string>> ListAsync(TestHost host) =>
        (await host.RunAsync(Listing)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static List<string> Gone(IReadOnlyList<string> before, IReadOnlyList<string> after) =>
        [.. before.Except(after).Select(l => l[..^l.Split(' ')[^3..].Sum(f => f.Length + 1)]).Order(StringComparer.Ordinal)];

    private static async Task<long> FreeBytesAsync(TestHost host) =>
        (await host.RunAsync("sync; stat -f -c '%f %S' /")).Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture))
        .Aggregate((a, b) => a * b);

    private static Task<Story> AwaitEndAsync(EngineProcess engine, ChildProcess prometheus, int count) => Wait.ForAsync(
        $"the end of incident {count}",
        () => Task.FromResult(Stories(engine).ElementAtOrDefault(count - 1) is { } story && story.Has<IncidentClosed>() ? story : null),
        Token,
        () => Task.FromResult($"{string.Join('\n', [.. Stories(engine).Select(s => s.Timed), engine.Tail])}\n{prometheus.Tail}"));

    private static IReadOnlyList<Story> Stories(EngineProcess engine) => Story.Read(engine.DataFolder, "");

    private static ChildProcess Prometheus(Workspace files, TestHost host, int alertmanager) => HostScenario.Prometheus(
        files, alertmanager,
        // as awesome-prometheus-alerts has them, without their two minutes
        """
        groups:
          - name: host
            rules:
              - alert: HostOutOfDiskSpace
                expr: node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes < .10
                for: 2s
                labels: { severity: critical }
              - alert: HostOutOfInodes
                expr: node_filesystem_files_free{mountpoint="/"} / node_filesystem_files < .10
                for: 2s
                labels: { severity: critical }
        """,
        $"{host.Address}:9100");

    private const string FillBytes = """
        set -e
        mkdir -p /var/log/app /var/lib/mysql /var/cache/app /srv/mail
        fallocate -l 32M /var/log/app/app.log.1
        fallocate -l 32M /var/log/app/app-2026-10-01.log
        for kept in other/other.log.1 app/auth.log.1 app/app.log.1.bak; do
          mkdir -p /var/log/${kept%/*}; echo kept >/var/log/$kept
        done
        echo now >/var/log/app/app.log
        head -c 1M /dev/urandom >/var/log/app/noise.log.1
        touch -d '30 days ago' /var/log/app/*.log.1* /var/log/app/app-* /var/log/other/*
        mkdir /tmp/upload
        fallocate -l 40M '/tmp/upload 1'; fallocate -l 32M /tmp/upload/part
        echo kept >/srv/mail/letter; ln -s /srv/mail/letter /tmp/letter
        echo 1 >/tmp/.X0-lock
        unit() {
          printf '[Service]\nExecStart=/bin/sh -c "exec 3%s%s; exec sleep inf"\n' "$2" "$3" >/etc/systemd/system/$1.service
        }
        unit app '>>' /var/log/app/web.log; unit cache '<>' /var/cache/app/data
        systemctl daemon-reload
        systemctl start app cache
        until [ -e /var/log/app/web.log ] && [ -e /var/cache/app/data ]; do sleep 0.1; done
        fallocate -l 64M /var/log/app/web.log; fallocate -l 300M /var/cache/app/data
        rm /var/log/app/web.log /var/cache/app/data
        sleep 2
        fallocate -l $(($(stat -f -c '%a * %S' /) - 8388608)) /srv/filler
        head -c 2G /dev/zero >>/srv/filler 2>/dev/null || true
        sync
        """;

    private static string FillInodes => $$"""
        python3 - <<'P'
        import os, time
        def make(top, count):
            os.mkdir(top)
            for i in range(count):
                os.close(os.open("%s/%d" % (top, i), os.O_CREAT | os.O_WRONLY))
        make("/tmp/sessions", {{Sessions}})
        try:
            make("/srv/mail/new", 1000000)
        except OSError:
            pass
        P
        """;
}
