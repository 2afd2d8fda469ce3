using Microsoft.Extensions.Configuration;
using Remediator.Server.Settings;

namespace Remediator.Server.Tests.Settings;

public sealed class KnownSettingsTests
{
    [Fact]
    public void Settings_ThatAreNone_AndValuesOfAnotherKind_AreAllNamed() => Assert.Equal(
        [
            "Engine:DurationScale is 'fast'; expected a number.",
            "Engine:MaxViewAge is 'soon'; expected a time such as 00:05:00.",
            "Journal:KeepFor is 'long'; expected a time such as 00:05:00.",
            "Silo:Port is 'x'; expected a whole number.",
            "There is no setting 'Engine:Mod'; did you mean 'Engine:Mode'?",
            "There is no setting 'MODE'; did you mean 'Engine:Mode'?",
        ],
        Faults(
            ("Engine:Mod", "auto"), ("MODE", "auto"), ("Silo:Port", "x"), ("Engine:DurationScale", "fast"), ("Engine:MaxViewAge", "soon"),
            ("Journal:KeepFor", "long")));

    [Fact]
    public void Settings_ThatAre_AreNotNamed() => Assert.Empty(Faults(
        ("LISTEN", "http://127.0.0.1:1"), ("engine:mode", "auto"), ("Engine:Protected:0", "a/b/c"), ("Alertmanagers:0:Name", "main"),
        ("Alertmanagers:0:Urls:1", "http://am:9093"), ("Alertmanagers:1:Escalations", "false"),
        ("Sources:Alertmanager:MaxBodyBytes", "4096")));

    [Theory]
    [InlineData(
        "Sources:Alertmanager:Urls:0",
        "Alertmanagers:0:Urls:0 (one group for each set of replicas), and let its receiver post to /api/v1/alerts/alertmanager/main.")]
    [InlineData(
        "Notify:Alertmanager:Urls:3",
        "Alertmanagers:0:Urls:0 (one group for each set of replicas), and let its receiver post to /api/v1/alerts/alertmanager/main.")]
    [InlineData("Sources:Alertmanager:ApiPasswordFile", "Alertmanagers:0:PasswordFile.")]
    [InlineData("NOTIFY:ALERTMANAGER:USERNAME", "Alertmanagers:0:Username.")]
    [InlineData("Sources:Alertmanager:Receiver", "Alertmanagers:0:Receiver.")]
    public void Settings_OfAnEarlierVersion_AreRefused_AndSayWhatToWriteInstead(string name, string instead) => Assert.Equal(
        [$"The setting '{name}' was removed: Alertmanagers are now configured as groups of replicas, in one place for lists, "
            + $"silences and escalations. Set Alertmanagers:0:Name=main and {instead}"],
        Faults((name, "http://am:9093")));

    [Theory]
    [InlineData("Alertmanagers:Name")]
    [InlineData("Alertmanagers:0:Urlss:0")]
    [InlineData("Alertmanagers:0:Source")]
    [InlineData("Engine:0:Mode")]
    public void Settings_OfAGroup_AreKnownByTheirPlace(string name) =>
        Assert.StartsWith($"There is no setting '{name}'", Assert.Single(Faults((name, "main"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Facts:DurationScale", "0.5")]
    [InlineData("Definitions:Recheck", "00:00:01")]
    public void Settings_ThatWouldHaveNoEffect_AreRefused(string name, string value) =>
        Assert.StartsWith($"There is no setting '{name}'", Assert.Single(Faults((name, value))), StringComparison.Ordinal);

    [Fact]
    public void Variables_ThatKubernetesSetsForAServiceOfOurName_AreNoSettings() => Assert.Empty(Faults(
        ("SERVICE_HOST", "10.0.0.1"), ("SERVICE_PORT", "8642"), ("SERVICE_PORT_HTTP", "8642"), ("PORT", "tcp://10.0.0.1:8642"),
        ("PORT_8642_TCP_ADDR", "10.0.0.1"), ("STAGING_SERVICE_HOST", "10.0.0.2"), ("STAGING_PORT_8642_TCP", "x")));

    private static IEnumerable<string> Faults(params (string Name, string Value)[] settings) =>
        KnownSettings.Faults(
            new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build());
}
