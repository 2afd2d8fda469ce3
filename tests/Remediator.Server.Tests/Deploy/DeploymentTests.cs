using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Remediator.Core.Worlds;
using Remediator.Server.Serve;
using Remediator.Server.Settings;

namespace Remediator.Server.Tests.Deploy;

/// <summary>What the manifests say about the program, against the program.</summary>
public sealed partial class DeploymentTests
{
    private const string Base = "kubernetes/base/deployment.yaml";
    private const string Definitions = "kubernetes/components/definitions/deployment.yaml";
    private const string Replicas = "kubernetes/overlays/replicas/deployment.yaml";

    [Theory]
    [InlineData(Base)]
    [InlineData(Replicas)]
    [InlineData("kubernetes/overlays/replicas/kustomization.yaml")]
    [InlineData(Definitions)]
    public void Variables_AreSettingsThatThereAre(string file)
    {
        var names = Variable()
            .Matches(DeployFolder.Read(file))
            .Select(m => m.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal))
            .ToList();

        Assert.NotEmpty(names);
        Assert.Empty(KnownSettings.Faults(
            Settings(builder => builder.AddInMemoryCollection(names.Select(n => KeyValuePair.Create(n, (string?)"1"))))));
    }

    [Fact]
    public void SettingsFile_IsReadable_AndObserves()
    {
        var settings = Settings(builder => builder.AddJsonFile(DeployFolder.File("kubernetes/base/settings.json")));

        Assert.Empty(KnownSettings.Faults(settings));
        Assert.Equal("observe", settings["Engine:Mode"]);
    }

    [Fact]
    public void Grace_IsLongerThanTheProgramNeedsToStop()
    {
        var grace = TimeSpan.FromSeconds(
            int.Parse(Grace().Match(DeployFolder.Read(Base)).Groups["seconds"].Value, System.Globalization.CultureInfo.InvariantCulture));

        Assert.True(
            grace > new EngineSettings().ShutdownGrace + ServerHost.AfterDrain,
            $"{grace} is not longer than what the program may take to stop.");
    }

    [Fact]
    public void Image_HasTheVersionOfTheProgram() =>
        Assert.Contains(
            $"newTag: {ProgramVersion.Text.Split('+')[0]}\n", DeployFolder.Read("kubernetes/base/kustomization.yaml"),
            StringComparison.Ordinal);

    [Fact]
    public void Pod_IsNotRoot_WritesNothingOutsideItsVolumes_AndHasNoCapability() => Assert.All(
        new[]
        {
            "runAsNonRoot: true", "runAsUser: 1654", "readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false", "drop: [ALL]",
            "type: RuntimeDefault",
            "startupProbe:", "livenessProbe:", "readinessProbe:", "topologySpreadConstraints:", "podAntiAffinity:", "type: Recreate",
        },
        word => Assert.Contains(word, DeployFolder.Read(Base), StringComparison.Ordinal));

    private static IConfigurationRoot Settings(Action<ConfigurationBuilder> add)
    {
        var builder = new ConfigurationBuilder();
        add(builder);
        return builder.Build();
    }

    [GeneratedRegex("REMEDIATOR_(?<name>[A-Z0-9_]+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"terminationGracePeriodSeconds: (?<seconds>\d+)")]
    private static partial Regex Grace();
}
