using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Alerts;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Pages;
using Remediator.Definitions.Live;
using Remediator.Server.Health;

namespace Remediator.Server.Tests.Health;

public sealed class ReadinessTests : IStoreHealth, IDefinitionsStatus, IFactViews, IReplica, IAlertsByCluster, IAlertRoutes, ISilences
{
    private readonly FakeTimeProvider _time = new();
    private int _reads;
    private SilenceReading _silences = new([]);

    [Fact]
    public async Task AThousandProbesInASecond_CostOneReadOfTheStore()
    {
        var readiness = Readiness();

        for (var i = 0; i < 1000; i++)
        {
            Assert.True((await readiness.CheckAsync(TestContext.Current.CancellationToken)).Ready);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(1, _reads);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await readiness.CheckAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task AlertsOfAnotherCluster_AreToldOf_AndItIsReadyAllTheSame()
    {
        Current = new("in-cluster", 2, new Dictionary<string, int> { ["prod-eu"] = 41 });
        var report = await Readiness().CheckAsync(TestContext.Current.CancellationToken);
        Assert.True(report.Ready);
        Assert.Equal(
            "41 alerts that fire are of another cluster ('prod-eu': 41), and this one is 'in-cluster' (2): nothing is done about them. "
                + "If they are about this cluster, set Cluster:Name to the name that they carry",
            report.Checks.Single(c => c.Name == "alerts").Problem);
    }

    [Fact]
    public async Task AlertsThatAreNotRoutedHere_AreToldOf_AndItIsReadyAllTheSame()
    {
        Problems = new Dictionary<string, string> { ["alertmanager/eu"] = "no route leads here" };
        var report = await Readiness().CheckAsync(TestContext.Current.CancellationToken);
        Assert.True(report.Ready);
        Assert.Equal("alertmanager/eu: no route leads here", report.Checks.Single(c => c.Name == "alerts").Problem);
    }

    /// <summary>Failing readiness would take the intake of every replica away at once, and no alert would be kept.</summary>
    [Theory]
    [InlineData(119, false)]
    [InlineData(121, true)]
    public async Task AlertmanagerThatCannotBeRead_IsToldOf_AndItIsReadyAllTheSame(int secondsAgo, bool isTold)
    {
        _silences = new([new("alertmanager/eu", [], _time.GetUtcNow().AddSeconds(-secondsAgo), "http://eu:9093: no answer within 10 s")]);
        var report = await Readiness().CheckAsync(TestContext.Current.CancellationToken);
        Assert.True(report.Ready);
        Assert.Equal(
            isTold
                ? "alertmanager/eu: whether its alerts are silenced is not known, and nothing that they are about is changed before it "
                    + "answers (http://eu:9093: no answer within 10 s)"
                : "",
            report.Checks.Single(c => c.Name == "alerts").Problem);
    }

    private Readiness Readiness() => new(this, this, this, [], this, new(this, [this], [this], _time), _time);

    SilenceReading ISilences.Current => _silences;

    public IReadOnlyDictionary<string, string> Problems { get; private set; } = new Dictionary<string, string>();

    public AlertsByCluster Current { get; private set; } = new("test", 0, new Dictionary<string, int>());

    Task<StoreStatus> IStoreHealth.CheckAsync(CancellationToken cancellationToken)
    {
        _reads++;
        return Task.FromResult(new StoreStatus("", 0, 0));
    }

    DefinitionsStatus IDefinitionsStatus.Status => new("", null, 0, 0, _time.GetUtcNow(), true, _time.GetUtcNow(), []);

    ViewStatus IFactViews.Current => new(ViewState.NotConfigured, FactView.Empty, DateTimeOffset.UnixEpoch, "");

    Task<ViewStatus> IFactViews.NextAsync(long afterVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

    string IReplica.Id => "";

    string IReplica.Problem => "";

    Task<string> IReplica.Fenced => throw new NotSupportedException();
}
