using Microsoft.Extensions.DependencyInjection;
using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;

namespace Remediator.Grains.Tests;

/// <summary>A restart while a resource with a second incident is verified: once the cluster is seen again, nothing is held.</summary>
public sealed class HoldThatIsOverTests : IDisposable
{
    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-hold-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task IncidentThatBecameStaleInARestart_WhileItsResourceWasVerified_IsLookedAtAgain()
    {
        var verify = FakeCluster.RestartLoop.Ladder[0].Verify with { Within = TimeSpan.FromHours(10) };
        var playbook = FakeCluster.RestartLoop with { Ladder = [FakeCluster.RestartLoop.Ladder[0] with { Verify = verify }] };
        _cluster.Definitions = new("d1", null, new OneRule(), new Dictionary<string, Playbook> { [playbook.Name] = playbook });
        // it is not well until the test says so
        _cluster.AfterEffect = request =>
        {
            _cluster.Break(request.Resource.Name);
            return Task.CompletedTask;
        };
        _cluster.Break("api");
        await using (var first = await EngineHost.StartAsync(_cluster, _folder))
        {
            await first.PostAsync("api", "f1");
            await first.AwaitAsync<ActionSucceeded>("api");
            await PostOtherAsync(first);
            await first.AwaitAsync<Decided>("api", d => d.Decision.Kind is DecisionKind.None);
        }

        _cluster.State = ViewState.Loading;
        await using var second = await EngineHost.StartAsync(_cluster, _folder);
        Assert.Equal("stale", (await second.AwaitAsync<Held>("api")).Guard);
        Assert.Equal("held", await StatusAsync(second));

        _cluster.State = ViewState.Ready;
        Assert.Equal("stale", (await second.AwaitAsync<HoldEnded>("api")).Guard);
        Assert.Equal("unhandled", await StatusAsync(second));
        _cluster.Repair("api");
        Assert.Equal(CloseReason.Verified, (await second.AwaitAsync<IncidentClosed>("api")).Reason);
    }

    private static async Task<string> StatusAsync(EngineHost engine) =>
        Assert.Single(
            await engine.Services.GetRequiredService<IIncidentIndex>().OpenAsync(["deployment"], Token),
            i => i.Problem != "restart-loop").Status;

    private static Task<int> PostOtherAsync(EngineHost engine) => engine.Inbox.AddAsync(
        [
            new(
                new Alert
                {
                    Name = OneRule.Other,
                    Status = AlertStatus.Firing,
                    Labels = new Dictionary<string, string> {
                        ["alertname"] = OneRule.Other,
                        ["namespace"] = "shop",
                        ["workload"] = "api",
                        ["workload_kind"] = "deployment" },
                    StartsAt = DateTimeOffset.UnixEpoch,
                    Fingerprint = "f2",
                },
                "test",
                "trace",
                DateTimeOffset.UnixEpoch)
        ],
        Token);

    /// <summary>Of one alert; what the other one asks for is not there.</summary>
    private sealed class OneRule : IRuleProgram
    {
        public const string Other = "KubeDeploymentReplicasMismatch";

        public string Revision => "d1";

        public IReadOnlyList<string> FactsFor(string alertName) => [];

        public Decision Decide(Fact alert, FactView view) => new()
        {
            Kind = alert.Name == Other ? DecisionKind.None : DecisionKind.Run,
            Rule = alert.Name == Other ? null : "always",
            Playbook = alert.Name == Other ? null : "restart-loop",
            Alert = alert.Name,
            RulesRevision = "d1",
            ViewVersion = view.Version,
            ViewAt = view.At,
            Trace = [],
        };
    }
}
