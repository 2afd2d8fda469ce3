using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Remediator.Core.Alerts;
using Remediator.Testing;

namespace Remediator.Server.Tests.Intake;

/// <summary>Whatever comes in is answered, and what is answered with 200 is in the store, alert by alert.</summary>
public sealed class MutatedBodiesTests(ITestOutputHelper output) : IDisposable
{
    private const string Seed = "REMEDIATOR_TEST_SEED";
    private const int LongestLetter = 16 * 1024;

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentBag<(byte[] Body, IntakeAnswer Answer)> _taken = [];
    private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = new();

    [Fact]
    public async Task TwentyThousandBodies_AreEachAnswered_AndWhatIsTakenIsKept_OnSqlite() => await RunAsync(null, 20_000);

    [Fact]
    [Trait("Needs", "Postgres")]
    public async Task MutatedBodies_AreEachAnswered_AndWhatIsTakenIsKept_OnPostgres()
    {
        await using var database = new PostgresDatabase();
        await RunAsync(database, 5_000);
    }

    public void Dispose() => _folder.Dispose();

    private async Task RunAsync(PostgresDatabase? database, int count)
    {
        var seed = Environment.GetEnvironmentVariable(Seed) is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        output.WriteLine($"seed {seed}; set {Seed} to it to repeat this");
        var bodies = new MutatedBodies(seed);
        await using var server = await IntakeServer.StartAsync(Directory.CreateDirectory(_folder.File("data")).FullName, database);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count).Select(_ => bodies.Next()),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            (body, token) => PostAsync(server, body, seed, token));

        output.WriteLine(string.Join(", ", _answers.OrderBy(a => a.Key).Select(a => $"{a.Value} x {(int)a.Key}")));
        Assert.Equal(count, _answers.Values.Sum());
        Assert.True(
            _answers.ContainsKey(HttpStatusCode.OK)
                && _answers.ContainsKey(HttpStatusCode.BadRequest)
                && _answers.ContainsKey(HttpStatusCode.RequestEntityTooLarge),
            "The bodies do not try what they are made for.");
        await CheckKeptAsync(server, seed);
    }

    private async ValueTask PostAsync(IntakeServer server, byte[] body, int seed, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body);
        using var answer =
            await server.Client.PostAsync(new Uri("/api/v1/alerts/alertmanager", UriKind.Relative), content, cancellationToken);
        _answers.AddOrUpdate(answer.StatusCode, 1, (_, n) => n + 1);
        Assert.True(
            answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge,
            $"seed {seed}: {(int)answer.StatusCode} for {Encoding.UTF8.GetString(body)}");
        if (answer.StatusCode is HttpStatusCode.OK)
            _taken.Add((body, IntakeAnswer.Read(await answer.Content.ReadAsByteArrayAsync(cancellationToken))));
    }

    private async Task CheckKeptAsync(IntakeServer server, int seed)
    {
        var rows = await server.WaitingAsync();
        var letters = server.DeadLetters().Select(l => l.Text).ToHashSet(StringComparer.Ordinal);
        var byFingerprint = rows.Select(r => (r.Alert.Fingerprint, r.Alert.StartsAt, r.Alert.Status)).ToHashSet();
        var byLabels = rows.Select(r => (Canonical(r.Alert.Labels), r.Alert.StartsAt, r.Alert.Status)).ToHashSet();
        Assert.Equal(_taken.Sum(t => t.Answer.Accepted), rows.Count);

        var rejected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (body, answer) in _taken)
        {
            using var document = JsonDocument.Parse(body);
            var elements = document.RootElement.GetProperty("alerts").EnumerateArray().ToList();
            Assert.True(
                elements.Count == answer.Accepted + answer.Duplicates + answer.Rejected,
                $"seed {seed}: {answer} for {Encoding.UTF8.GetString(body)}");
            foreach (var element in elements)
            {
                if (letters.Contains(Letter(element)))
                    rejected.Add(Letter(element));
                else
                    Assert.True(IsKept(element), $"seed {seed}: answered with 200 and not kept: {Letter(element)}");
            }
        }

        output.WriteLine($"{rows.Count} alerts wait, {letters.Count} dead letters");
        Assert.Equal(letters.Order(StringComparer.Ordinal), rejected.Order(StringComparer.Ordinal));

        bool IsKept(JsonElement alert)
        {
            var key = (
                StartsAt: alert.GetProperty("startsAt").GetDateTimeOffset(),
                Status: alert.GetProperty("status").GetString() is "firing" ? AlertStatus.Firing : AlertStatus.Resolved);
            // a fingerprint that would be read as one of another source is computed anew
            return alert.TryGetProperty("fingerprint", out var sent) && sent.GetString() is { Length: > 0 } fingerprint
                && AlertSource.Of(fingerprint) is null
                ? byFingerprint.Contains((fingerprint, key.StartsAt, key.Status))
                : byLabels.Contains(
                    (Canonical(alert.GetProperty("labels").Deserialize<Dictionary<string, string>>()!), key.StartsAt, key.Status));
        }
    }

    private static string Letter(JsonElement element)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        return Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, LongestLetter)]);
    }

    private static string Canonical(IReadOnlyDictionary<string, string> labels) =>
        JsonSerializer.Serialize(labels.OrderBy(l => l.Key, StringComparer.Ordinal));
}
