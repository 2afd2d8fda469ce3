using System.Globalization;

namespace Remediator.EndToEnd.Harness;

/// <summary>The program itself, as it was built, serving on a port that stays the same through kills and restarts.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Remediator.Server",
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "remediator");

    private static readonly HttpClient Client = new();

    private readonly Workspace _files;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private ChildProcess? _process;
    private int _starts;

    /// <param name="settings">As <c>--set</c> takes them.</param>
    public EngineProcess(Workspace files, string dataFolder, IReadOnlyDictionary<string, string> settings)
    {
        _files = files;
        _settings = settings;
        DataFolder = dataFolder;
        Url = $"http://127.0.0.1:{FreePort.Take()}";
    }

    public string Url { get; }

    public string DataFolder { get; }

    public string TokenFile => Path.Combine(DataFolder, "webhook.token");

    public string Tail => _process?.Tail ?? "(not started)";

    public bool HasExited => _process?.HasExited ?? true;

    /// <param name="failpoint">Where this start is to be killed, see <see cref="Core.Journal.Failpoint"/>.</param>
    /// <param name="ready">Wait for its view of the cluster too, not only for its intake.</param>
    public async Task StartAsync(string? failpoint = null, bool ready = true)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = new(
            Program,
            ["serve", "--listen", Url, "--data", DataFolder, .. _settings.SelectMany(s => new[] { "--set", $"{s.Key}={s.Value}" })],
            Failpoints.Environment(failpoint),
            _files.Log(string.Create(CultureInfo.InvariantCulture, $"remediator-{++_starts}.log")));
        await AwaitAnswerAsync(ready ? "/readyz" : "/livez");
    }

    public Task KillAsync() => _process!.KillAsync();

    /// <summary>The failpoint that it was started with has been reached.</summary>
    public Task AwaitDeathAsync(Func<Task<string>> explain) => Wait.UntilAsync(
        "the end of the server at its failpoint", () =>
            Task.FromResult(_process!.HasExited), TestContext.Current.CancellationToken, explain);

    /// <summary>A verb of the program, as a person types it.</summary>
    public Task<(int Code, string Output)> VerbAsync(params IReadOnlyList<string> arguments) => VerbElsewhereAsync(DataFolder, arguments);

    /// <summary>A verb of the program where there is another data folder, or none.</summary>
    public Task<(int Code, string Output)> VerbElsewhereAsync(string dataFolder, params IReadOnlyList<string> arguments) =>
        Verb.AnsweredAsync(arguments, () => VerbOnceAsync(dataFolder, arguments));

    /// <summary>All of the journal, in a new file.</summary>
    public async Task ExportAsync(string file)
    {
        string[] arguments = ["audit", "export", file];
        var (code, output) = await Verb.AnsweredAsync(arguments, () =>
        {
            // a part of it that an earlier try left
            File.Delete(file);
            return VerbOnceAsync(DataFolder, arguments);
        });
        Assert.True(code == 0, $"audit export ended with {code}: {output}");
    }

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(Url + path, TestContext.Current.CancellationToken);

    /// <summary>A value of <c>/metrics</c>; null where there is none of the name.</summary>
    public async Task<double?> MetricAsync(string name)
    {
        using var answer = await GetAsync("/metrics");
        var line = (await answer.Content.ReadAsStringAsync()).Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? null : double.Parse(line[line.LastIndexOf('}')..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Posts straight to the webhook, without Alertmanager between.</summary>
    /// <param name="group">Null for a sender that is no group of Alertmanagers.</param>
    public async Task<HttpResponseMessage> PostAsync(HttpContent body, string? group = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Url}/api/v1/alerts/alertmanager{(group is null ? "" : $"/{group}")}")
            { Content = body };
        request.Headers.Authorization = new("Bearer", (await File.ReadAllTextAsync(TokenFile)).Trim());
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private static async Task<(int Code, string Output)> VerbOnceAsync(string dataFolder, IReadOnlyList<string> arguments)
    {
        var (code, output, error) = await ChildProcess.RunAsync(
            Program, [.. arguments, "--data", dataFolder], new Dictionary<string, string>(), TestContext.Current.CancellationToken);
        return (code, output + error);
    }

    private Task AwaitAnswerAsync(string path) => Wait.UntilAsync(
        $"an answer 200 of the server to {path}",
        async () =>
        {
            Assert.False(
                _process!.HasExited, $"The server ended with code {(_process.HasExited ? _process.ExitCode : 0)}:\n{_process.Tail}");
            using var answer = await GetAsync(path);
            return answer.IsSuccessStatusCode;
        },
        TestContext.Current.CancellationToken,
        () => Task.FromResult(Tail));
}
