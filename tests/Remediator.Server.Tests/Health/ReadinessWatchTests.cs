using Remediator.Testing;

namespace Remediator.Server.Tests.Health;

public sealed class ReadinessWatchTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(45);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metric_SaysWhichCheckFails_ThoughNobodyAsksForReadiness()
    {
        await using var server = await RemediatorProcess.StartAsync(_folder.File("data"), [], new Dictionary<string, string>(), Token);
        await AwaitAsync(server, "store", 1);
        await AwaitAsync(server, "cluster", 1);

        using (var holder = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder.File("data/journal.db")};Pooling=False"))
        {
            await holder.OpenAsync(Token);
            await using var held = holder.BeginTransaction(System.Data.IsolationLevel.Serializable);
            await AwaitAsync(server, "store", 0);
        }

        await AwaitAsync(server, "store", 1);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task AwaitAsync(RemediatorProcess server, string check, int value)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var start = TimeProvider.System.GetTimestamp();
        string[] lines;
        do
        {
            lines = [.. (await server.Webhook.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token))
                .Split('\n')
                .Where(l => l.StartsWith("remediator_ready{", StringComparison.Ordinal))];
            if (lines.Any(l => l.Contains($"check=\"{check}\"", StringComparison.Ordinal)
                && l.Split("} ")[1].StartsWith($"{value}", StringComparison.Ordinal)))
                return;

            await timer.WaitForNextTickAsync(Token);
        }
        while (TimeProvider.System.GetElapsedTime(start) < Deadline);

        Assert.Fail($"After {Deadline.TotalSeconds} s still missing: remediator_ready {value} of {check}. The last "
            + $"was:\n{string.Join('\n', lines)}");
    }
}
