using Remediator.Server.Settings;

namespace Remediator.Server.Tests.Settings;

public sealed class SettingsSourcesTests
{
    [Fact]
    public void AlertmanagersThatPeopleAreToldThrough_AreReadToo()
    {
        var settings = SettingsSources.Build(null, [new("Notify:Alertmanager:Urls:0", "http://am:9093"), new("Notify:Alertmanager:BearerTokenFile", "/token")]);
        Assert.Equal(("http://am:9093", "/token"), (settings["Sources:Alertmanager:Urls:0"], settings["Sources:Alertmanager:ApiBearerTokenFile"]));
    }

    [Fact]
    public void AlertmanagersThatTheUserNamesForReading_AreReadAlone_AndGetNoOthersCredential()
    {
        var settings = SettingsSources.Build(null,
            [new("Notify:Alertmanager:Urls:0", "http://am:9093"), new("Notify:Alertmanager:BearerTokenFile", "/token"), new("Sources:Alertmanager:Urls:0", "http://other:9093")]);
        Assert.Equal(("http://other:9093", null), (settings["Sources:Alertmanager:Urls:0"], settings["Sources:Alertmanager:ApiBearerTokenFile"]));
    }
}
