using Remediator.Server.Api;
using Remediator.Server.FirstStart;

namespace Remediator.Server.Tests.FirstStart;

public sealed class OperatorOnlyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void OnlyTheOperatorsToken_LetsIn()
    {
        var data = new DataFolder(_folder.Path);
        data.Prepare(withWebhookToken: true);
        var gate = new OperatorOnly(data);
        var token = File.ReadAllText(data.OperatorToken).Trim();

        Assert.True(gate.Accepts($"Bearer {token}"));
        Assert.All(
            [null, "", token, $"Bearer {token}x", $"Bearer {token[..^1]}", $"Basic {token}", $"Bearer {File.ReadAllText(data.WebhookToken).Trim()}"],
            presented => Assert.False(gate.Accepts(presented)));
    }

    public void Dispose() => _folder.Dispose();
}
