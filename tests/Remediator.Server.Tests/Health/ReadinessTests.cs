using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Definitions.Live;
using Remediator.Server.Health;

namespace Remediator.Server.Tests.Health;

public sealed class ReadinessTests : IStoreHealth, IDefinitionsStatus, IFactViews, IReplica
{
    private readonly FakeTimeProvider _time = new();
    private int _reads;

    [Fact]
    public async Task AThousandProbesInASecond_CostOneReadOfTheStore()
    {
        var readiness = new Readiness(this, this, this, [], this, _time);

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

    Task<StoreStatus> IStoreHealth.CheckAsync(CancellationToken cancellationToken)
    {
        _reads++;
        return Task.FromResult(new StoreStatus("", 0));
    }

    DefinitionsStatus IDefinitionsStatus.Status => new("", null, 0, 0, _time.GetUtcNow(), true, _time.GetUtcNow(), []);

    ViewStatus IFactViews.Current => new(ViewState.NotConfigured, FactView.Empty, DateTimeOffset.UnixEpoch, "");

    Task<ViewStatus> IFactViews.NextAsync(long afterVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

    string IReplica.Id => "";

    string IReplica.Problem => "";

    Task<string> IReplica.Fenced => throw new NotSupportedException();
}
