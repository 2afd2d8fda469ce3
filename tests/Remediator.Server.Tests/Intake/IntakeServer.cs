using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Remediator.Core.Journal;
using Remediator.Core.Secrets;
using Remediator.Journal;
using Remediator.Journal.Audit;
using Remediator.Journal.Settings;
using Remediator.Server.Access;
using Remediator.Sources;
using Remediator.Testing;

namespace Remediator.Server.Tests.Intake;

/// <summary>The real way in over HTTP, with a real store and nobody who empties the inbox.</summary>
internal sealed class IntakeServer : IAsyncDisposable
{
    public const int MaxBodyBytes = 64 * 1024;

    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly PostgresDatabase? _database;

    private IntakeServer(WebApplication app, string folder, PostgresDatabase? database)
    {
        (_app, _folder, _database) = (app, folder, database);
        Client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 32 }) { BaseAddress = new(app.Urls.First()) };
        Client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", File.ReadAllText(Path.Combine(folder, "token")));
    }

    public HttpClient Client { get; }

    /// <param name="database">Null for a file of SQLite.</param>
    public static async Task<IntakeServer> StartAsync(string folder, PostgresDatabase? database)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await File.WriteAllTextAsync(Path.Combine(folder, "token"), "a-token-for-tests-0123456789");
        builder.Configuration.AddInMemoryCollection(
        [
            new("Sources:Alertmanager:BearerTokenFile", Path.Combine(folder, "token")),
            new("Sources:Alertmanager:MaxBodyBytes", $"{MaxBodyBytes}"),
        ]);
        builder.Services.AddJournal(o => (o.DataFolder, o.InboxLimit, o.Postgres) = (folder, 10_000_000, database?.Connection ?? ""));
        builder.Services.Configure<JournalOptions>(o => o.PostgresPasswordFile = database?.PasswordFile ?? "");
        builder.Services.AddSingleton<ISecrets, SecretFiles>().AddSources(builder.Configuration);
        var app = builder.Build();
        app.UseTraceIds();
        app.UseRouting();
        app.UseAuthorization();
        app.MapSources();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, folder, database);
    }

    /// <summary>Every alert that waits.</summary>
    public async Task<List<InboxRow>> WaitingAsync()
    {
        var rows = new List<InboxRow>();
        while (await _app.Services.GetRequiredService<IInbox>()
            .WaitingAsync(rows is [.., var last] ? last.Id : 0, 10_000, CancellationToken.None) is { Count: > 0 } more)
        {
            rows.AddRange(more);
        }

        return rows;
    }

    public IReadOnlyList<DeadLetter> DeadLetters() =>
        new JournalAudit(_folder, _database?.Connection ?? "", _database?.PasswordFile ?? "").DeadLetters(int.MaxValue);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <param name="Accepted">Alerts that were new.</param>
/// <param name="Rejected">Elements that became dead letters.</param>
internal sealed record IntakeAnswer(int Accepted, int Duplicates, int Rejected)
{
    public static IntakeAnswer Read(byte[] body) => JsonSerializer.Deserialize<IntakeAnswer>(body, JsonSerializerOptions.Web)!;
}
