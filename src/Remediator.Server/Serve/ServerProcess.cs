using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Worlds;
using Remediator.Definitions.Live;
using Remediator.Facts.Connection;
using Remediator.Server.Api;
using Remediator.Server.CommandLine;
using Remediator.Server.FirstStart;
using Remediator.Server.Settings;
using Remediator.Sources.Intake;

namespace Remediator.Server.Serve;

/// <summary>The serving process from its settings to its end.</summary>
internal static class ServerProcess
{
    /// <exception cref="VerbException">It cannot start; all reasons at once, each with what to do.</exception>
    public static async Task<int> RunAsync(IConfigurationRoot settings, CancellationToken cancellationToken)
    {
        if (KnownSettings.Faults(settings).ToList() is { Count: > 0 } unknown)
            throw new VerbException(unknown);

        var folder = DataFolder.Of(settings);
        var ownToken = UseOwnToken(settings, folder);
        var folderFault = folder.Prepare(ownToken);
        await using var app = ServerHost.Build(settings, folder);
        ThrowIfFaulty(app.Services, folder, folderFault);
        try
        {
            // both before anything starts: without them there is nothing to start, and this is the only message
            app.Services.GetRequiredService<IInbox>();
            // the folder is this process's own now, and what a killed one has left in it names a port that may be anybody's
            folder.ForgetAddress();
            app.Services.GetRequiredService<IDefinitions>();
            app.Services.GetRequiredService<EngineView>();
            ServerHost.Map(app);
            _ = EndWhenFencedAsync(app.Services.GetRequiredService<IReplica>());
            await app.StartAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // asked to stop before it was up: what it has taken in waits in the store
            return ExitCodes.Ok;
        }
        catch (Exception e) when (StartFaults.Explain(e) is { } reasons)
        {
            throw new VerbException(reasons);
        }

        Announce(app, folder);
        await app.WaitForShutdownAsync(cancellationToken);
        folder.ForgetAddress();
        var replica = app.Services.GetRequiredService<IReplica>();
        if (replica.IsFenced)
            await replica.Fenced;
        return replica.IsFenced ? ExitCodes.Fenced : ExitCodes.Ok;
    }

    /// <summary>A fenced replica does not shut down in order: it may not write any more, and others do its work.</summary>
    private static async Task EndWhenFencedAsync(IReplica replica)
    {
        Console.Error.WriteLine(
            $"remediator: this replica has ended itself. {await replica.Fenced} The others do its work; restarted, it joins "
                + $"them as a new replica.");
        Environment.Exit(ExitCodes.Fenced);
    }

    /// <returns>True where the user names no credential, so that the one made at the first start is used.</returns>
    private static bool UseOwnToken(IConfigurationRoot settings, DataFolder folder)
    {
        var source = settings.GetSection(IntakeOptions.Section);
        if (source["BearerTokenFile"] is not null || source["Username"] is not null)
            return false;

        source["BearerTokenFile"] = folder.WebhookToken;
        return true;
    }

    private static void ThrowIfFaulty(IServiceProvider services, DataFolder folder, string? folderFault)
    {
        var faults = StartFaults.OfSettings(services);
        if (folderFault is not null)
            faults = [folderFault, .. faults.Where(f => !f.Contains(folder.WebhookToken, StringComparison.Ordinal))];
        if (faults.Count > 0)
            throw new VerbException(faults);
    }

    private static void Announce(WebApplication app, DataFolder folder)
    {
        var receiver = app.Services.GetRequiredService<IOptions<IntakeOptions>>().Value;
        Console.Error.WriteLine(Banner.Text(
            [.. app.Urls], Facts(app.Services, folder), receiver,
            app.Services.GetRequiredService<IOptions<AlertmanagerGroups>>().Value.All));
    }

    private static IEnumerable<(string, string)> Facts(IServiceProvider services, DataFolder folder)
    {
        var connection = services.GetRequiredService<KubernetesConnection>();
        var definitions = services.GetRequiredService<IDefinitionsStatus>().Status;
        yield return ("mode", Mode(services.GetRequiredService<EngineSettings>().Mode));
        yield return ("cluster", connection.Configuration is null
            ? $"none. {connection.Reason} Until then alerts are kept and journalled, and nothing is examined or changed."
            : $"{connection.Cluster} at {connection.Configuration.Host}, from {connection.Origin}");
        yield return (
            "definitions",
            $"{Plural.Of(definitions.Rules, "rule")} and {Plural.Of(definitions.Playbooks, "playbook")}, "
                + $"revision {definitions.Revision}");
        yield return ("journal", folder.Path);
        yield return ("operators", $"{folder.OperatorToken} is the token for 'remediator status' and 'remediator approve'");
        foreach (var warning in folder.Warnings())
            yield return ("warning", warning);
    }

    private static string Mode(Mode mode) => mode switch
    {
        Core.Playbooks.Mode.Observe => "observe: it journals what it would do, and changes nothing (--mode approve, --mode auto)",
        Core.Playbooks.Mode.Approve => "approve: mild steps run, a person approves each strong one",
        Core.Playbooks.Mode.Auto => "auto: steps run as far as their playbooks allow",
        _ => "off",
    };
}
