using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Remediator.Server.Settings;

namespace Remediator.Server.Serve;

/// <summary>
/// The web server, which tells its address as soon as it listens: the silo may join the others for a minute longer, and until it has,
/// verbs shall find this server, not another one at the usual port.
/// </summary>
internal sealed class AnnouncedServer(IServer server, DataFolder folder) : IServer
{
    public IFeatureCollection Features => server.Features;

    public async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        await server.StartAsync(application, cancellationToken);
        folder.TellAddress(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
    }

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public void Dispose() => server.Dispose();
}

internal static class AnnouncedServerServices
{
    /// <summary>After the web server itself was added.</summary>
    public static void AddAnnouncedServer(this IServiceCollection services)
    {
        var kestrel = services.Last(s => s.ServiceType == typeof(IServer)).ImplementationType!;
        services.AddSingleton<IServer>(provider => new AnnouncedServer(
            (IServer)ActivatorUtilities.CreateInstance(provider, kestrel), provider.GetRequiredService<DataFolder>()));
    }
}
