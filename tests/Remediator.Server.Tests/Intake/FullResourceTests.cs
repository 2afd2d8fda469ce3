using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Remediator.Core.Incidents;
using Remediator.Journal.Audit;
using Remediator.Testing;

namespace Remediator.Server.Tests.Intake;

/// <summary>More alerts about one resource than are kept of one, at the real program.</summary>
public sealed class FullResourceTests : IDisposable
{
    private const int Alerts = 120;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AlertsThatAResourceHasNoRoomFor_AreDeadLetters_PeopleAreTold_AndOtherResourcesGoOn()
    {
        await using var server = await RemediatorProcess.StartAsync(_folder.File("data"), [], new Dictionary<string, string>(), Token);

        foreach (var some in Enumerable.Range(0, Alerts).Chunk(Alerts / 4))
            await PostAsync(server, some.Select(i => Large($"Problem{i}")));
        await PostAsync(server, [new() { ["alertname"] = "Small", ["namespace"] = "shop", ["deployment"] = "web" }]);

        await UntilAsync(server, "an incident of the other resource", async () => (await OpenAsync(server, "web")).Count == 1);
        var letters = new List<DeadLetter>();
        await UntilAsync(server, "an incident or a dead letter for each alert", async () =>
            (letters = [.. new JournalAudit(_folder.File("data"), "", "").DeadLetters(1000)]).Count
                + (await OpenAsync(server, "api")).Count == Alerts);

        Assert.InRange(letters.Count, Alerts / 2, Alerts - 10);
        Assert.All(letters, l => Assert.Matches(
            @"^there is no room for it at deployment shop/api: with it, .* would have \d+ characters, and at most 2097152 are kept of one",
            l.Reason));
        Assert.All(letters, l => Assert.Contains("'remediator retry'", l.Reason, StringComparison.Ordinal));
        Assert.InRange(Characters(), DocumentLimit.Characters / 2, DocumentLimit.Characters);
        await UntilAsync(server, "the resource among those that cannot be handled", async () => (await StatusAsync(server))
            .GetProperty("stuck").EnumerateObject().Any(s => s.Value.GetString()!.Contains("no room", StringComparison.Ordinal)));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Below every limit of a single alert.</summary>
    private static Dictionary<string, string> Large(string name) => new(
        Enumerable.Range(0, 7).Select(i => KeyValuePair.Create($"text{i}", new string((char)('a' + i), 3900))))
    {
        ["alertname"] = name,
        ["namespace"] = "shop",
        ["deployment"] = "api",
    };

    private static async Task PostAsync(RemediatorProcess server, IEnumerable<Dictionary<string, string>> alerts)
    {
        using var answer = await server.Webhook.PostAsJsonAsync(
            "/api/v1/alerts/alertmanager",
            new { version = "4", alerts = alerts.Select(labels => new { status = "firing", labels, startsAt = "2026-11-23T10:00:00Z" }) },
            Token);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<IReadOnlyList<JsonElement>> OpenAsync(RemediatorProcess server, string name) =>
        [.. (await server.Operator.GetFromJsonAsync<JsonElement>("/api/v1/incidents?limit=1000", Token)).EnumerateArray()
            .Where(i => i.GetProperty("name").GetString() == name)];

    private static Task<JsonElement> StatusAsync(RemediatorProcess server) =>
        server.Operator.GetFromJsonAsync<JsonElement>("/api/v1/status", Token);

    private static Task UntilAsync(RemediatorProcess server, string what, Func<Task<bool>> isSo) =>
        Wait.UntilAsync(what, isSo, Token, () => Task.FromResult(server.Story()));

    /// <summary>Of the largest document in the store.</summary>
    private long Characters()
    {
        using var store = new SqliteConnection($"Data Source={_folder.File("data/journal.db")};Mode=ReadOnly;Pooling=False");
        store.Open();
        using var largest = store.CreateCommand();
        largest.CommandText = "SELECT MAX(LENGTH(document)) FROM resource_head";
        return (long)largest.ExecuteScalar()!;
    }
}
