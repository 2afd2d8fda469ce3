using System.Net;
using Remediator.Testing;

namespace Remediator.Server.Tests.Health;

/// <summary>The real server, whose Alertmanager is not there.</summary>
public sealed class UnreadAlertmanagerTests : IDisposable
{
    private const string Held =
        "whether its alerts are silenced is not known, and nothing that they are about is changed before it answers";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AlertmanagerThatIsNotThere_IsInReadinessAndStatus_AndTheServerStaysReady()
    {
        await using var server = await RemediatorProcess.StartAsync(
            _folder.File("data"), ["--set", "Alertmanagers:0:Name=main", "--set", "Alertmanagers:0:Urls:0=http://127.0.0.1:9"],
            new Dictionary<string, string>(), Token);

        await Wait.UntilAsync(
            "the complaint in /readyz, and that it is ready",
            async () =>
            {
                using var answer = await server.Operator.GetAsync(new Uri("/readyz", UriKind.Relative), Token);
                var text = await answer.Content.ReadAsStringAsync(Token);
                return answer.StatusCode == HttpStatusCode.OK
                    && text.Contains($"alertmanager/main: {Held} (http://127.0.0.1:9", StringComparison.Ordinal);
            },
            Token,
            () => Task.FromResult(server.Story()));
        var (code, status, _) = await RemediatorProgram.RunAsync(["status", "--data", "data"], _folder.Path, Token);
        Assert.Equal(0, code);
        Assert.Contains(Held, status, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
