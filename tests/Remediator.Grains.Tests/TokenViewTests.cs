using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Grains.Views;
using Remediator.Journal;

namespace Remediator.Grains.Tests;

/// <summary>What one replica says of tokens, and when another one knows it: a view of each, over one journal.</summary>
public sealed class TokenViewTests : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(251);

    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-tokens-").FullName;
    private readonly FakeTimeProvider _time = new();
    private readonly IHost _host;

    public TokenViewTests()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddFilter(_ => false);
        builder.Services.AddJournal(o => o.DataFolder = _folder);
        _host = builder.Build();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TokenOfOneReplica_IsKnownToTheOther_AMomentLater_AndSoIsItsEnd()
    {
        var (here, there) = (View(), View());
        Assert.Empty((await there.ReadAsync()).Tokens);

        await here.CreateAsync("id1", "ada", "viewer", "hash", _time.GetUtcNow().AddHours(1), "admin", "trace", Token);
        Assert.Single((await here.ReadAsync()).Tokens);
        _time.Advance(Moment);
        Assert.Equal("ada", Assert.Single((await there.ReadAsync()).Tokens).Name);

        await here.RevokeAsync("ada", "left", "admin", "trace", Token);
        Assert.Empty((await here.ReadAsync()).Tokens);
        _time.Advance(Moment);
        Assert.Empty((await there.ReadAsync()).Tokens);
    }

    public void Dispose()
    {
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private TokenView View() => new(_host.Services.GetRequiredService<IJournal>(), new ClusterName("test"), _time);
}
