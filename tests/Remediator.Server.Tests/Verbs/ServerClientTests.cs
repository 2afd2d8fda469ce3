using Remediator.Server.Verbs;
using Remediator.Testing;

namespace Remediator.Server.Tests.Verbs;

public sealed class ServerClientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("http://0.0.0.0:8642", "http://127.0.0.1:8642/")]
    [InlineData("http://[::]:8642", "http://[::1]:8642/")]
    [InlineData("http://10.0.0.7:8642", "http://10.0.0.7:8642/")]
    [InlineData("http://remediator:8642", "http://remediator:8642/")]
    public void Address_IsOneThatCanBeCalled(string listens, string called) =>
        Assert.Equal(called, ServerClient.Callable(new(listens)).ToString());

    [Fact]
    public async Task Verb_FindsAServerThatListensOnAllInterfaces()
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await RemediatorProcess.StartAsync(
            _folder.File("data"), ["--set", "Listen=http://0.0.0.0:0"], new Dictionary<string, string>(), token);

        var status = await RemediatorProgram.RunAsync(["status", "--data", "data"], _folder.Path, token);

        Assert.Equal((0, ""), (status.ExitCode, status.Error));
    }

    public void Dispose() => _folder.Dispose();
}
