using Remediator.Server.Api;

namespace Remediator.Server.Tests.Api;

public sealed class PauseRequestTests
{
    [Theory]
    [InlineData("everything", null, "big sale", true, null)]
    [InlineData("everything", null, null, false, null)]
    [InlineData("everything", null, " ", true, "'reason' is missing: say why, for people who find it paused.")]
    [InlineData(
        "everything",
        "ada",
        "big sale",
        true,
        "'actor' is not taken from the body: the journal names the principal of the credential. Leave it out; for another "
            + "name use a token of that name.")]
    [InlineData("namespace", null, "big sale", true, "Which namespace? Its name is missing.")]
    public void Request_IsCheckedBeforeAnythingIsPaused(string scope, string? actor, string? reason, bool needsReason, string? fault) =>
        Assert.Equal(
            fault,
            new PauseRequest(scope, reason, null, actor is null ? null : System.Text.Json.JsonSerializer.SerializeToElement(actor))
                .Fault(needsReason, out _));
}
