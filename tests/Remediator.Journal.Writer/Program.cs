using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Core.Resources;
using Remediator.Journal;

// FOLDER ALERTS [CONNECTION PASSWORD_FILE]: takes so many alerts in and consumes each in a commit of two events, many at once, for a test
// that kills it meanwhile. Says "taken N" and "done N" on standard output for what the store has acknowledged, and nothing earlier.
var folder = args[0];
var alerts = int.Parse(args[1]);
var start = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
builder.Services.AddJournal(options =>
{
    options.DataFolder = folder;
    if (args is [_, _, var connection, var passwordFile])
        (options.Postgres, options.PostgresPasswordFile) = (connection, passwordFile);
    options.CheckpointEvents = 100;
});
using var host = builder.Build();
await host.StartAsync();
var inbox = host.Services.GetRequiredService<IInbox>();
var journal = host.Services.GetRequiredService<IJournal>();
await Parallel.ForAsync(0, alerts, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, cancellationToken) =>
{
    await inbox.AddAsync([new InboxEntry(Alert(i), "writer", "trace", start)], cancellationToken);
    Console.WriteLine($"taken {i}");
});
foreach (var rows in (await inbox.WaitingAsync(0, alerts, CancellationToken.None)).Chunk(32))
{
    await Task.WhenAll(rows.Select(async row =>
    {
        if (await journal.CommitAsync(Commit(row), CancellationToken.None) is CommitResult.Committed)
            Console.WriteLine($"done {row.Alert.Fingerprint}");
    }));
}

await host.StopAsync();

Alert Alert(int i) => new()
{
    Name = "Crashing",
    Status = AlertStatus.Firing,
    Labels = new Dictionary<string, string> { ["alertname"] = "Crashing" },
    StartsAt = start,
    Fingerprint = $"{i}"
};

Commit Commit(InboxRow row) => new()
{
    Resource = new ResourceKey("prod", "deployment", "shop", row.Alert.Fingerprint),
    ExpectedVersion = 0,
    At = start,
    Events =
    [
        new NewEvent("alert-observed", 1, "{}", $"incident-{row.Alert.Fingerprint}", "engine", row.TraceId),
        new NewEvent("incident-opened", 1, "{}", $"incident-{row.Alert.Fingerprint}", "engine", row.TraceId)
    ],
    Document = "{}",
    DocumentSchema = 1,
    Due = start,
    Consumed = [row.Id]
};
