using System.CommandLine;
using System.Net;
using Remediator.Server.Access;
using Remediator.Server.CommandLine;
using Remediator.Server.Settings;

namespace Remediator.Server.Verbs;

/// <summary>Talks to the running server in the name of whoever a token belongs to.</summary>
internal sealed class ServerClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpClient _http;
    private readonly string? _unannounced;

    /// <param name="unannounced">The file in which a server would have told its address; null where the address is known.</param>
    private ServerClient(HttpClient http, string? unannounced) => (_http, _unannounced) = (http, unannounced);

    /// <param name="server">Null for the one that its data folder or the settings name.</param>
    private static ServerClient Create(IConfiguration settings, string? server, string? tokenFile)
    {
        var folder = DataFolder.Of(settings);
        var address = server
            ?? (File.Exists(folder.Address)
                ? File.ReadAllText(folder.Address).Trim()
                : settings["Listen"] ?? new ServerOptions().Listen.Split(';')[0]);
        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? new(new() {
                BaseAddress = Callable(uri),
                Timeout = Patience,
                DefaultRequestHeaders = { Authorization = new(
                    "Bearer",
                    Token(tokenFile ?? (
                        settings[nameof(ServerOptions.TokenFile)] is { Length: > 0 } own ? own : folder.OperatorToken))) } },
                server is null && !File.Exists(folder.Address) ? folder.Address : null)
            : throw new VerbException($"'{address}' is not an address such as http://127.0.0.1:8642.");
    }

    /// <summary>A server that listens on all interfaces, as in a pod, is called on this machine's own.</summary>
    internal static Uri Callable(Uri address) =>
        IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
        ? new UriBuilder(address) { Host = ip.Equals(IPAddress.Any) ? "127.0.0.1" : "[::1]" }.Uri
        : address;

    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(() => _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken), cancellationToken);

    /// <summary>The answer, whether the server did what it was asked (2xx) or says why it did not (409).</summary>
    public Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken) =>
        SendAsync<T>(() => _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, cancellationToken), cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(Func<Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await send();
            if (response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.Conflict)
                return (await response.Content.ReadFromJsonAsync<T>(VerbOutput.Json, cancellationToken))!;

            throw new VerbException(await ReasonAsync(response, cancellationToken));
        }
        catch (HttpRequestException e)
        {
            throw new VerbException(
                $"There is no server at {_http.BaseAddress}: {e.Message} Start one with 'remediator serve', or give its "
                    + $"address with --server."
                    + (_unannounced is null ? "" : $" One that is just starting tells its address in {_unannounced}; try again soon."));
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new VerbException($"The server at {_http.BaseAddress} did not answer within {Patience.TotalSeconds:0} s.");
        }
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return (await response.Content.ReadFromJsonAsync<ApiError>(VerbOutput.Json, cancellationToken))!.Error;
        }
        catch (System.Text.Json.JsonException)
        {
            return $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}. Is it a Remediator?";
        }
    }

    private static string Token(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault("").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VerbException(
                $"The token cannot be read: {e.Message} Name the file with your token with --token-file, or run this as the "
                    + $"server's user and name its data folder with --data.");
        }
    }

    /// <summary>Which server a verb talks to, and as whom.</summary>
    internal sealed class Options(CommonOptions common)
    {
        private readonly Option<string?> _server = new("--server")
        {
            HelpName = "URL",
            Description = "Where the server listens. Default: what the server wrote into its data folder, else the setting Listen.",
        };

        private readonly Option<string?> _tokenFile = new("--token-file")
        {
            HelpName = "FILE",
            Description = "The file that has your token. Default: the setting TokenFile, else operator.token of the data folder.",
        };

        public void AddTo(Command command)
        {
            command.Options.Add(_server);
            command.Options.Add(_tokenFile);
            command.Options.Add(common.Output);
        }

        public ServerClient Connect(ParseResult parsed) =>
            Create(common.Settings(parsed), parsed.GetValue(_server), parsed.GetValue(_tokenFile));
    }
}
