using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Journal;
using Remediator.Core.Secrets;
using Remediator.Testing;

namespace Remediator.Sources.Tests;

/// <summary>The sources behind a real ASP.NET pipeline, in process.</summary>
internal sealed class SourceHost : IAsyncDisposable
{
    public const string Token = "a-token-for-tests-0123456789";
    public const string Password = "a-password-for-tests";
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _secrets;
    private readonly WebApplication _app;

    private SourceHost(DirectoryInfo secrets, WebApplication app, FakeInbox inbox, RecordedLog log)
    {
        (_secrets, _app, Inbox, RecordedLog) = (secrets, app, inbox, log);
        Client = app.GetTestClient();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public FakeInbox Inbox { get; }

    public RecordedLog RecordedLog { get; }

    public HttpClient Client { get; }

    public static async Task<SourceHost> StartAsync(params (string Setting, string? Value)[] settings)
    {
        var secrets = Directory.CreateTempSubdirectory("sources-");
        var builder = WebApplication.CreateSlimBuilder();
        var inbox = new FakeInbox();
        var log = new RecordedLog();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Configuration.AddInMemoryCollection(
        [
            new("Sources:Alertmanager:BearerTokenFile", Write(secrets, "token", Token + "\n")),
            new("Sources:Alertmanager:Username", "alertmanager"),
            new("Sources:Alertmanager:PasswordFile", Write(secrets, "password", Password)),
        ]);
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(
            s.Setting.StartsWith("Alertmanagers:", StringComparison.Ordinal) ? s.Setting : $"Sources:Alertmanager:{s.Setting}", s.Value)));
        builder.Services.AddSingleton<IInbox>(inbox).AddSingleton<ISecrets, FilesAsTheyAre>()
            .AddSingleton<TimeProvider>(new FakeTimeProvider(Now))
            .AddSources(builder.Configuration);
        var app = builder.Build();
        app.UseTraceIds();
        app.MapSources();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(secrets, app, inbox, log);
    }

    public Task<HttpResponseMessage> PostFileAsync(string file) =>
        PostAsync(new ByteArrayContent(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Alertmanager", file))));

    /// <param name="group">Null for the path that names none.</param>
    public Task<HttpResponseMessage> PostAsync(HttpContent body, string? group = null) =>
        Client.PostAsync(
            new Uri($"/api/v1/alerts/alertmanager{(group is null ? "" : $"/{group}")}", UriKind.Relative),
            body,
            TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _secrets.Delete(recursive: true);
    }

    private static string Write(DirectoryInfo folder, string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
