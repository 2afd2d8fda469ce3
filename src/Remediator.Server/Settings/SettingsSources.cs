using Remediator.Core.Alerts;

namespace Remediator.Server.Settings;

/// <summary>All settings in order of rising weight: what ships, the file that the user names, environment, command line.</summary>
internal static class SettingsSources
{
    /// <summary>Only names with this prefix count: a stray <c>MODE=auto</c> of another program must not arm this one.</summary>
    public const string Prefix = "REMEDIATOR_";

    private static readonly string[] Paths =
        ["DataFolder", "OperatorTokenFile", "TokenFile", "PauseFile", "Journal:ArchiveFolder", "Definitions:Rules", "Definitions:Playbooks",
        "Definitions:Policy", "Cluster:Kubeconfig", "Sources:Alertmanager:BearerTokenFile", "Sources:Alertmanager:PasswordFile",
        "Silo:CertificateFile", "Silo:KeyFile", "Silo:CaFile",
        "Journal:PostgresPasswordFile", "Journal:PostgresCaFile", "Journal:CheckpointKeyFile", "Notify:Webhook:SecretFile",
        "Notify:Webhook:BearerTokenFile"];

    /// <param name="file">Null where the user names none.</param>
    /// <param name="typed">From the command line.</param>
    public static IConfigurationRoot Build(string? file, IEnumerable<KeyValuePair<string, string?>> typed)
    {
        var builder = new ConfigurationBuilder()
            .AddInMemoryCollection(
            [
                new("DataFolder", DefaultFolders.Data(Environment.GetEnvironmentVariable)),
                new("Definitions:Rules", DefaultFolders.ShippedRules),
                new("Definitions:Playbooks", DefaultFolders.ShippedPlaybooks),
                new("Definitions:Policy", DefaultFolders.ShippedPolicy),
            ])
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);
        if ((file ?? Environment.GetEnvironmentVariable(Prefix + "SETTINGS")) is { Length: > 0 } named)
            builder.AddJsonFile(DefaultFolders.Full(named, Environment.GetEnvironmentVariable), optional: false);
        var settings = builder.AddEnvironmentVariables(Prefix).AddInMemoryCollection(typed).Build();

        // the store's own name for the folder means the same
        settings["DataFolder"] = settings["Journal:DataFolder"] ?? settings["DataFolder"];
        foreach (var path in Paths.Concat(PathsOfGroups(settings)).Where(p => settings[p] is { Length: > 0 }))
            settings[path] = DefaultFolders.Full(settings[path]!, Environment.GetEnvironmentVariable);
        settings["Journal:DataFolder"] = settings["DataFolder"];
        return settings;
    }

    private static IEnumerable<string> PathsOfGroups(IConfiguration settings) =>
        settings.GetSection(AlertmanagerGroup.Section)
            .GetChildren()
            .SelectMany(g =>
                new[] { $"{g.Path}:{nameof(AlertmanagerGroup.BearerTokenFile)}", $"{g.Path}:{nameof(AlertmanagerGroup.PasswordFile)}" });
}
