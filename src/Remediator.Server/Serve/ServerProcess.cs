using Microsoft.Extensions.Options;
using Remediator.Core.Journal;
using Remediator.Server.FirstStart;
using Remediator.Server.Verbs;
using Remediator.Sources.Alertmanager;

namespace Remediator.Server.Serve;

/// <summary>The serving process from its settings to its end.</summary>
internal static class ServerProcess
{
    /// <exception cref="VerbException">It cannot start; all reasons at once, each with what to do.</exception>
    public static async Task<int> RunAsync(IConfigurationRoot settings, CancellationToken cancellationToken)
    {
        var folder = new DataFolder(settings["DataFolder"]!);
        var ownToken = UseOwnToken(settings, folder);
        var folderFault = folder.Prepare(ownToken);
        await using var app = ServerHost.Build(settings, folder);
        ThrowIfFaulty(app.Services, folder, folderFault);
        try
        {
            // opened before anything starts, so that a store that cannot be had is the only message
            app.Services.GetRequiredService<IInbox>();
            ServerHost.Map(app);
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (StartFaults.Explain(e) is { } reason)
        {
            throw new VerbException(reason);
        }

        Announce(app, folder);
        await app.WaitForShutdownAsync(cancellationToken);
        return ExitCodes.Ok;
    }

    /// <returns>True where the user names no credential, so that the one made at the first start counts.</returns>
    private static bool UseOwnToken(IConfigurationRoot settings, DataFolder folder)
    {
        var source = settings.GetSection(AlertmanagerSourceOptions.Section);
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
        File.WriteAllText(folder.Address, app.Urls.First());
        var receiver = app.Services.GetRequiredService<IOptions<AlertmanagerSourceOptions>>().Value;
        Console.Error.WriteLine(Banner.Text([.. app.Urls], Facts(folder), receiver));
    }

    private static IEnumerable<(string, string)> Facts(DataFolder folder)
    {
        yield return ("journal", folder.Path);
        yield return ("operators", $"{folder.OperatorToken} lets remediator status and approve in");
        foreach (var warning in folder.Warnings())
            yield return ("warning", warning);
    }
}
