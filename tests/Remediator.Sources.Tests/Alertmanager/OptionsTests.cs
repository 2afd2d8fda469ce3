using Microsoft.Extensions.Options;
using Remediator.Sources.Alertmanager;

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
                "Sources:Alertmanager:BearerTokenFile '/nowhere/token': cannot be read: Could not find a part of the path "
                    + "'/nowhere/token'.",
                "Sources:Alertmanager:MaxBodyBytes is 1; set it between 1024 and 67108864.",
                "Sources:Alertmanager:RetryAfterSeconds is 0; set it between 1 and 300.",
            ],
            faults.Failures);
    }

    [Fact]
    public void FaultsOfGroups_AreAllReportedAtOnce()
    {
        var faults = new AlertmanagerGroupsValidator().Validate(null, new()
        {
            All =
            [
                new() { Name = "Main", Urls = ["alertmanager:9093", "http://u:p@x"], Receiver = "" },
                new() { Name = "eu", Urls = ["http://am:9093"], Username = "app", BearerTokenFile = "/no/such/file" },
                new() { Name = "eu", Urls = ["http://am:9093/"] },
            ],
        });

        Assert.Equal(
            [
                "Alertmanagers:0:Name is 'Main'; use lower-case letters, digits and hyphens, such as main or eu-west-1.",
                "Alertmanagers:0:Urls:0 'alertmanager:9093' is neither http nor https.",
                "Alertmanagers:0:Urls:1 'http://u:p@x' contains a credential; name a file for it instead.",
                "Alertmanagers:0:Receiver is empty; set the name of our receiver in this Alertmanager's configuration.",
                "Alertmanagers:1: Username and PasswordFile belong together; set both or neither.",
                "Alertmanagers:1: set BearerTokenFile, or Username and PasswordFile, not both.",
                "Alertmanagers:1:BearerTokenFile '/no/such/file': there is no such file.",
                "Alertmanagers: two groups are named 'eu'; give each a name of its own.",
                "Alertmanagers: 'http://am:9093' is listed twice; a group lists the replicas of one Alertmanager, and each "
                    + "belongs to one group.",
            ],
            faults.Failures);
    }

    [Fact]
    public async Task NoCredential_StopsTheStart()
    {
        var faults = await Assert.ThrowsAsync<OptionsValidationException>(() => SourceHost.StartAsync(
            ("BearerTokenFile", null), ("Username", null), ("PasswordFile", null)));

        Assert.Equal(
            ["Sources:Alertmanager: set BearerTokenFile, or Username and PasswordFile: without a credential nobody can deliver alerts."],
            faults.Failures);
    }
}
