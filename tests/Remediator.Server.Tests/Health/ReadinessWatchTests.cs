using Remediator.Testing;

namespace Remediator.Server.Tests.Health;

public sealed class ReadinessWatchTests : IDisposable
{
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

    private static Task AwaitAsync(RemediatorProcess server, string check, int value)
    {
        string[] lines = [];
        return Wait.UntilAsync($"remediator_ready {value} of {check}", async () =>
        {
            lines = [.. (await server.Webhook.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token))
                .Split('\n')
                .Where(l => l.StartsWith("remediator_ready{", StringComparison.Ordinal))];
            return lines.Any(l => l.Contains($"check=\"{check}\"", StringComparison.Ordinal)
                && l.Split("} ")[1].StartsWith($"{value}", StringComparison.Ordinal));
        }, Token, () => Task.FromResult($"The last was:\n{string.Join('\n', lines)}"));
    }
}
