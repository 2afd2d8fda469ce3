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
            "Silo:Port is 'x'; expected a whole number.",
            "There is no setting 'Engine:Mod'; did you mean 'Engine:Mode'?",
            "There is no setting 'MODE'; did you mean 'Engine:Mode'?",
        ],
        Faults(("Engine:Mod", "auto"), ("MODE", "auto"), ("Silo:Port", "x"), ("Engine:DurationScale", "fast"), ("Engine:MaxViewAge", "soon")));

    [Fact]
    public void Settings_ThatAre_AreNotNamed() => Assert.Empty(Faults(
        ("LISTEN", "http://127.0.0.1:1"), ("engine:mode", "auto"), ("Engine:Protected:0", "a/b/c"), ("Notify:Alertmanager:Urls:0", "http://am:9093"), ("Sources:Alertmanager:MaxBodyBytes", "4096")));

    [Fact]
    public void Variables_ThatKubernetesSetsForAServiceOfOurName_AreNoSettings() => Assert.Empty(Faults(
        ("SERVICE_HOST", "10.0.0.1"), ("SERVICE_PORT", "8642"), ("SERVICE_PORT_HTTP", "8642"), ("PORT", "tcp://10.0.0.1:8642"),
        ("PORT_8642_TCP_ADDR", "10.0.0.1"), ("STAGING_SERVICE_HOST", "10.0.0.2"), ("STAGING_PORT_8642_TCP", "x")));

    private static IEnumerable<string> Faults(params (string Name, string Value)[] settings) =>
        KnownSettings.Faults(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build());
}
