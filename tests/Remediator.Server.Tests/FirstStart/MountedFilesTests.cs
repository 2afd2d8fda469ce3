using System.Net;
using System.Net.Http.Headers;
using Remediator.Server.Settings;
using Remediator.Testing;

namespace Remediator.Server.Tests.FirstStart;

/// <summary>Files that somebody else mounts, as Kubernetes does with secrets, instead of those in the data folder.</summary>
public sealed class MountedFilesTests : IDisposable
{
    private const string Token = "mounted-token-of-the-operator";

    private readonly TemporaryFolder _folder = new();

    private string TokenPath => _folder.File("operator.mounted");

    [Fact]
    public async Task Token_ThatIsMounted_IsTheOnlyOne_AndTheBannerNamesIt()
    {
        await File.WriteAllTextAsync(TokenPath, Token + "\n", TestContext.Current.CancellationToken);
        await using var server = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await GetStatusAsync(server, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetStatusAsync(server, Token + "x")).StatusCode);
        Assert.False(File.Exists(_folder.File("data/operator.token")));
        var status = await RunAsync("status", "--data", "data", "--set", $"OperatorTokenFile={TokenPath}");
        Assert.Equal((0, ""), (status.ExitCode, status.Error));
        await server.StopAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"  operators      {TokenPath} is the token for 'remediator status' and 'remediator approve'", server.Stderr);
    }

    [Fact]
    public async Task WrongToken_IsToldWhereTheRightOneIs()
    {
        await File.WriteAllTextAsync(TokenPath, Token, TestContext.Current.CancellationToken);
        await using var server = await StartAsync();

        var refused = await GetStatusAsync(server, "another-token-of-somebody");

        Assert.Equal(
            """{"error":"The token is wrong, has expired or was revoked; 'remediator token list' shows those that are valid."}""",
            WebUtility.HtmlDecode((await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
                .Replace("\\u0027", "'", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null, "it cannot be read: Could not find file")]
    [InlineData("", "the token has 0 characters; at least 16 are needed (openssl rand -base64 32).")]
    [InlineData("short\n", "the token has 5 characters; at least 16 are needed (openssl rand -base64 32).")]
    public async Task Token_ThatCannotBeOne_StopsTheStart(string? content, string fault)
    {
        if (content is not null)
            await File.WriteAllTextAsync(TokenPath, content, TestContext.Current.CancellationToken);

        var result = await RunAsync("serve", "--data", "data", "--listen", "http://127.0.0.1:0", "--set", $"OperatorTokenFile={TokenPath}");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"remediator: OperatorTokenFile '{TokenPath}': {fault}", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("operator.token", "", "the token has 0 characters; at least 16 are needed (openssl rand -base64 32).")]
    [InlineData("operator.token", "a-token-of-the-operator\nshort\n", "the token has 5 characters; at least 16 are needed")]
    [InlineData("operator.token", null, "it is a folder.")]
    [InlineData("webhook.token", "", "the token has 0 characters; at least 16 are needed")]
    public async Task TokenOfTheDataFolder_ThatCannotBeOne_StopsTheStart(string name, string? content, string fault)
    {
        var path = _folder.File($"data/{name}");
        Directory.CreateDirectory(content is null ? path : _folder.File("data"));
        if (content is not null)
            await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);

        var result = await RunAsync("serve", "--data", "data", "--listen", "http://127.0.0.1:0");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"remediator: {path} cannot be used: {fault}", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PauseFile_ThatIsMounted_IsTheSwitch_AndItsTextTheReason()
    {
        var pause = _folder.File("paused.mounted");
        await File.WriteAllTextAsync(pause, "change of the database\n", TestContext.Current.CancellationToken);
        await using var server = await RemediatorProcess.StartAsync(
            _folder.File("data"), ["--set", $"PauseFile={pause}"], new Dictionary<string, string>(), TestContext.Current.CancellationToken);

        var paused = await RunAsync("status", "--data", "data");
        File.Delete(pause);
        var goesOn = await RunAsync("status", "--data", "data");

        Assert.Contains("paused       change of the database\n", paused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("paused", goesOn.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Rights_AreLookedAtInTheDataFolderAlone()
    {
        File.WriteAllText(TokenPath, Token);
        File.SetUnixFileMode(TokenPath, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var mounted = new DataFolder(_folder.File("data"), (TokenPath, null));
        var own = new DataFolder(_folder.File("data"));
        Assert.Null(mounted.Prepare(withWebhookToken: false));
        Assert.Empty(mounted.Warnings());

        Assert.Null(own.Prepare(withWebhookToken: false));
        File.SetUnixFileMode(own.OperatorToken, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal([$"{own.OperatorToken} can be read by others; run: chmod 600 {own.OperatorToken}"], own.Warnings());
    }

    public void Dispose() => _folder.Dispose();

    private Task<RemediatorProcess> StartAsync() =>
        RemediatorProcess.StartAsync(
            _folder.File("data"), ["--set", $"OperatorTokenFile={TokenPath}"], new Dictionary<string, string>(),
            TestContext.Current.CancellationToken);

    private Task<ProgramResult> RunAsync(params string[] arguments) =>
        RemediatorProgram.RunAsync(arguments, _folder.Path, TestContext.Current.CancellationToken);

    private static async Task<HttpResponseMessage> GetStatusAsync(RemediatorProcess server, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/status", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await server.Webhook.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
