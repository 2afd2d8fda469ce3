using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// A service of a real host, outside any cluster, that leaks connections: it exports its own figures to a Prometheus, whose alert is the
/// one that ships. The engine, which logs in over the host's sshd, is killed right after the first restart. The second time a person
/// has to release it; the third time people get it.
/// </summary>
[Trait("Needs", "Hosts")]
public sealed class LeakingService
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task IsRestarted_OnceThoughTheEngineWasKilled_AgainWhenReleased_AndTheThirdTimePeopleGetWhatIsOpen()
    {
        await using var host = await TestHost.StartAsync(900);
        using var files = new Workspace("leak");
        var alertmanagerPort = FreePort.Take();
        var settings = HostScenario.Settings(files, host, alertmanagerPort, "units: leaky.service");
        await using var engine = new EngineProcess(files, files["data"], settings);
        await using var alertmanager = await AlertmanagerProcess.StartAsync(HostScenario.Routes(engine), port: alertmanagerPort);
        await using var prometheus = Prometheus(files, host, alertmanagerPort);
        await engine.StartAsync("after-effect-before-outcome");
        await host.RunAsync(Service);
        var first = await RunOfAsync(host);

        await host.RunAsync("touch /run/leak");
        await engine.AwaitDeathAsync(() => Task.FromResult($"{Explain(engine)}\n{prometheus.Tail}"));
        var second = await RunOfAsync(host);
        Assert.NotEqual(first, second);
        await engine.StartAsync(ready: false);
        var story = await AwaitAsync(engine, 1, "its first end", s => s.Has<IncidentClosed>());

        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Equal(ProbeAnswer.Happened, Assert.Single(story.All<ActionProbed>()).Answer);
        Assert.Single(story.All<ActionIntended>());
        Assert.Equal(second, await RunOfAsync(host));

        // a repair that did not last for a day is not repeated without a person
        await host.RunAsync("touch /run/leak");
        story = await AwaitAsync(engine, 2, "a request to release it", s => s.Has<ApprovalRequested>());
        Assert.Equal(second, await RunOfAsync(host));
        var (code, said) = await engine.VerbAsync("approve", story.Incident.Id);
        Assert.True(code == 0, said);
        story = await AwaitAsync(engine, 2, "its second end", s => s.Has<IncidentClosed>());
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        var third = await RunOfAsync(host);
        Assert.NotEqual(second, third);

        await host.RunAsync("touch /run/leak");
        story = await AwaitAsync(engine, 3, "an escalation", s => s.Has<Escalated>());
        var told = story.All<Escalated>().Single();
        Assert.Contains("tried 2 times", told.Reason, StringComparison.Ordinal);
        Assert.Matches(@"\d+ CLOSE_WAIT to 127\.0\.0\.1:\d+", told.Evidence);
        Assert.Contains("within 8 s", told.Evidence, StringComparison.Ordinal);
        Assert.Equal(third, await RunOfAsync(host));
    }

    private static Task<string> RunOfAsync(TestHost host) => host.RunAsync("systemctl show -p InvocationID -p MainPID leaky.service");

    private static Task<Story> AwaitAsync(EngineProcess engine, int count, string what, Func<Story, bool> isIt) => Wait.ForAsync(
        what,
        () => Task.FromResult(Stories(engine) is { } all && all.Count >= count && isIt(all[count - 1]) ? all[count - 1] : null),
        Token,
        () => Task.FromResult(Explain(engine)));

    private static IReadOnlyList<Story> Stories(EngineProcess engine) => Story.Read(engine.DataFolder, "");

    private static string Explain(EngineProcess engine) => string.Join('\n', [.. Stories(engine).Select(s => s.Timed), engine.Tail]);

    /// <summary>Leaks 180 of its 200 descriptors as soon as it is told to.</summary>
    private const string Service = """
        cat >/usr/local/bin/leaky <<'P'
        import http.server, os, resource, socket, threading, time
        open('/proc/self/comm', 'w').write('leaky')
        class Figures(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                text = 'process_open_fds %d\nprocess_max_fds %d\n' % (
                    len(os.listdir('/proc/self/fd')), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
                self.send_response(200)
                self.send_header('Content-Type', 'text/plain; version=0.0.4')
                self.end_headers()
                self.wfile.write(text.encode())
            def log_message(self, *_): pass
        threading.Thread(target=http.server.HTTPServer(('', 8080), Figures).serve_forever, daemon=True).start()
        other, kept = socket.create_server(('127.0.0.1', 0)), []
        while True:
            if os.path.exists('/run/leak'):
                os.unlink('/run/leak')
                for _ in range(180):
                    kept.append(socket.create_connection(other.getsockname()))
                    other.accept()[0].close()
            time.sleep(0.1)
        P
        printf '[Service]\nExecStart=/usr/bin/python3 /usr/local/bin/leaky\nLimitNOFILE=200\n' >/etc/systemd/system/leaky.service
        systemctl daemon-reload
        systemctl start leaky.service
        """;

    private static ChildProcess Prometheus(Workspace files, TestHost host, int alertmanager) => HostScenario.Prometheus(
        files, alertmanager,
        // that which ships, without its minute
        """
        groups:
          - name: remediation
            rules:
              - alert: ProcessDescriptorsRunningOut
                expr: max by (cluster, job, instance) (process_open_fds{pod=""} / (process_max_fds{pod=""} > 0)) > 0.85
                for: 2s
                labels: { severity: warning }
        """,
        $"{host.Address}:8080");
}
