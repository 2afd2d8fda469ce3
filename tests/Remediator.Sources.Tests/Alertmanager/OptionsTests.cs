using Microsoft.Extensions.Options;

namespace Remediator.Sources.Tests.Alertmanager;

public sealed class OptionsTests
{
    [Fact]
    public async Task Faults_AreAllReportedAtOnce_AndStopTheStart()
    {
        var faults = await Assert.ThrowsAsync<OptionsValidationException>(() => SourceHost.StartAsync(
            ("BearerTokenFile", "/nowhere/token"), ("PasswordFile", null), ("MaxBodyBytes", "1"), ("RetryAfterSeconds", "0")));

        Assert.Equal(
            [
                "Sources:Alertmanager: Username and PasswordFile belong together; set both or neither.",
                "Sources:Alertmanager:BearerTokenFile '/nowhere/token': cannot be read: Could not find a part of the path '/nowhere/token'.",
                "Sources:Alertmanager:MaxBodyBytes is 1; set it between 1024 and 67108864.",
                "Sources:Alertmanager:RetryAfterSeconds is 0; set it between 1 and 300.",
            ],
            faults.Failures);
    }

    [Fact]
    public async Task NoCredential_StopsTheStart()
    {
        var faults = await Assert.ThrowsAsync<OptionsValidationException>(() => SourceHost.StartAsync(
            ("BearerTokenFile", null), ("Username", null), ("PasswordFile", null)));

        Assert.Equal(["Sources:Alertmanager: set BearerTokenFile, or Username and PasswordFile: without a credential nobody can deliver alerts."], faults.Failures);
    }
}
