using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Remediator.Grains.Membership;
using Remediator.Server.Settings;

namespace Remediator.Server.Serve;

/// <summary>The silo: one of several where the store can be shared, else alone on loopback. It is added before all that stops before it.</summary>
internal static class SiloWiring
{
    public static void AddSilo(this WebApplicationBuilder builder, IConfiguration settings)
    {
        builder.Services.AddSingleton<IValidateOptions<SiloOptions>, SiloOptionsValidator>();
        builder.Services.AddOptions<SiloOptions>().Bind(settings.GetSection(SiloOptions.Section)).ValidateOnStart();
        var silo = settings.GetSection(SiloOptions.Section).Get<SiloOptions>() ?? new();
        var address = IPAddress.TryParse(silo.Address, out var named) ? named : IPAddress.Loopback;
        var port = silo.Port is > 0 and <= 65535 ? silo.Port : FreePort(address);
        builder.UseOrleans(orleans =>
        {
            if (settings["Journal:Postgres"] is { Length: > 0 })
                orleans.UseReplicas(address, port);
            else
                orleans.UseLocalhostClustering(port, gatewayPort: 0);
        });
    }

    private static int FreePort(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
