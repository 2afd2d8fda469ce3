using Remediator.Server.Settings;

namespace Remediator.Server.Tests.Settings;

public sealed class SettingsSourcesTests
{
    [Fact]
    public void FilesOfEveryGroup_AreSeenFromWhereTheUserStands()
    {
        var settings = SettingsSources.Build(
            null, [new("Alertmanagers:0:BearerTokenFile", "eu.token"), new("Alertmanagers:1:PasswordFile", "us.password")]);
        Assert.Equal(
            (Path.GetFullPath("eu.token"), Path.GetFullPath("us.password")),
            (settings["Alertmanagers:0:BearerTokenFile"], settings["Alertmanagers:1:PasswordFile"]));
    }
}
