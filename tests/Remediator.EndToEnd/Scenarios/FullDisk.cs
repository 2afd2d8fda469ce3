using System.Globalization;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// A real host outside any cluster, its disk full to the last byte: its node_exporter, a Prometheus, an Alertmanager and the engine, which
/// logs in over its sshd. The engine is killed right after the effect. Nothing but the oldest of the journal may be gone.
/// </summary>
[Trait("Needs", "Hosts")]
public sealed class FullDisk
{
    private const string Listing =
        "find / -xdev -type f ! -path '/run/*' ! -path '/proc/*' ! -path '/var/log/journal/*' ! -path '/var/log/*.log' "
        + "! -path '/var/log/syslog' "
        + "! -path '/var/log/wtmp' ! -path '/var/log/lastlog' ! -path '/var/lib/systemd/*' ! -path '/var/spool/rsyslog/*' "
        + "-printf '%p %s %T@ %i\\n' | sort";

    [Fact]
    public async Task ItsJournalIsVacuumed_Once_ThoughTheEngineWasKilled_AndNothingElseIsGone()
    {
        await using var host = await TestHost.StartAsync(900);
        using var files = new Workspace("full-disk");
        var alertmanagerPort = FreePort.Take();
        var settings = HostScenario.Settings(files, host, alertmanagerPort, "keep_journal: 32Mi");
        await using var engine = new EngineProcess(files, files["data"], settings);
        await using var alertmanager = await AlertmanagerProcess.StartAsync(HostScenario.Routes(engine), port: alertmanagerPort);
        await using var prometheus = Prometheus(files, host, alertmanagerPort);
        await engine.StartAsync("after-effect-before-outcome");
        await host.RunAsync("""mkdir -p '/srv/a "name"' && echo kept >'/srv/a "name"/system@0.journal'""");
        await host.FillAsync();
        var (before, journal) = (await host.RunAsync(Listing), await host.RunAsync("ls /var/log/journal/*"));

        await engine.AwaitDeathAsync(() => Task.FromResult($"{Explain(engine)}\n{prometheus.Tail}"));
        var cut = Assert.Single(Stories(engine));
        Assert.Single(cut.All<ActionIntended>());
        Assert.Empty(cut.All<ActionSucceeded>());
        var once = await host.RunAsync("ls /run/remediator");
        await engine.StartAsync(ready: false);
        var story = await Wait.ForAsync(
            "a closed incident", () => Task.FromResult(Stories(engine).LastOrDefault(s => s.Has<IncidentClosed>())),
            TestContext.Current.CancellationToken, () => Task.FromResult(Explain(engine)));

        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal(ProbeAnswer.Happened, Assert.Single(story.All<ActionProbed>()).Answer);
        var intended = Assert.Single(story.All<ActionIntended>());
        Assert.True(intended.Plan.Gains.Single().Amount > 100 << 20);
        Assert.Equal(once, await host.RunAsync("ls /run/remediator"));
        Assert.Equal(before, await host.RunAsync(Listing));
        Assert.NotEqual(journal, await host.RunAsync("ls /var/log/journal/*"));
        Assert.True(await UsedPercentAsync(host) < 90);
        Assert.Contains("the last line", await host.RunAsync("journalctl -q -t filler -n 1 -o cat"), StringComparison.Ordinal);
    }

    private static async Task<int> UsedPercentAsync(TestHost host) =>
        int.Parse((await host.RunAsync("df --output=pcent / | tail -n 1")).Trim().TrimEnd('%'), CultureInfo.InvariantCulture);

    private static IReadOnlyList<Story> Stories(EngineProcess engine) => Story.Read(engine.DataFolder, "");

    private static string Explain(EngineProcess engine) => string.Join('\n', [.. Stories(engine).Select(s => s.Timed), engine.Tail]);

    private static ChildProcess Prometheus(Workspace files, TestHost host, int alertmanager) => HostScenario.Prometheus(
        files, alertmanager,
        // kube-prometheus' rule, without its half hour
        """
        groups:
          - name: node-exporter
            rules:
              - alert: NodeFilesystemAlmostOutOfSpace
                expr: >-
                  node_filesystem_avail_bytes{fstype!="",mountpoint="/"}
                  / node_filesystem_size_bytes{fstype!="",mountpoint="/"} * 100 < 3
                for: 2s
                labels: { severity: critical }
        """,
        $"{host.Address}:9100");
}
