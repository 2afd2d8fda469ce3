using Remediator.Server.Api;

namespace Remediator.Server.Tests.Api;

public sealed class PauseRequestTests
{
    [Theory]
    [InlineData("everything", "ada", "big sale", true, null)]
    [InlineData("everything", "ada", null, false, null)]
    [InlineData("everything", "ada", " ", true, "'reason' is missing: say why, for those who find it paused.")]
    [InlineData("everything", null, "big sale", true, "'actor' is missing: say who you are.")]
    [InlineData("namespace", "ada", "big sale", true, "Which namespace? Its name is missing.")]
    public void Request_IsCheckedBeforeAnythingIsPaused(string scope, string? actor, string? reason, bool needsReason, string? fault) =>
        Assert.Equal(fault, new PauseRequest(scope, actor, reason, null).Fault(needsReason, out _));
}
