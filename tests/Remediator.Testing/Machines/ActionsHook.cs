using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Remediator.Core.Actions;

namespace Remediator.Testing.Machines;

/// <summary>
/// Adds <c>testing.replace</c> to the actions of a server that a test starts. Hosts tell who observes them that they are being built: so
/// does WebApplicationFactory, and the program needs nothing for it.
/// </summary>
internal sealed class ActionsHook(Uri room) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    internal const string Variable = "REMEDIATOR_TEST_MACHINES";

    public static IReadOnlyDictionary<string, string> Environment(Uri room) => new Dictionary<string, string>
    {
        [Variable] = room.ToString(),
        ["DOTNET_STARTUP_HOOKS"] = typeof(ActionsHook).Assembly.Location,
    };

    public static void Install(string room) => DiagnosticListener.AllListeners.Subscribe(new ActionsHook(new(room)));

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting")
            value.Subscribe(this);
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: "HostBuilding", Value: IHostBuilder host })
            host.ConfigureServices((_, services) => Add(services));
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void Add(IServiceCollection services)
    {
        var real = services.Single(s => s.ServiceType == typeof(ActionRegistry));
        services.Remove(real);
        services.AddSingleton(provider => new ActionRegistry(
            [.. ((ActionRegistry)real.ImplementationFactory!(provider)).All, new ReplaceAction(new() { BaseAddress = room })]));
    }
}
