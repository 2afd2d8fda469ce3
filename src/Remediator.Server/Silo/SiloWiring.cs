using System.Net;
using Microsoft.Extensions.Options;
using Remediator.Grains.Membership;
using Remediator.Server.Serve;
using Remediator.Server.Settings;

namespace Remediator.Server.Silo;

/// <summary>
/// The silo: one of several where the store can be shared, else alone on loopback, where nobody but this process has the certificate for
/// it. It is added before all that stops before it.
/// </summary>
internal static class SiloWiring
{
    public static void AddSilo(this WebApplicationBuilder builder, IConfiguration settings, DataFolder folder)
    {
        builder.Services.AddSingleton<IValidateOptions<SiloOptions>, SiloOptionsValidator>();
        builder.Services.AddOptions<SiloOptions>().Bind(settings.GetSection(SiloOptions.Section)).ValidateOnStart();
        var silo = settings.GetSection(SiloOptions.Section).Get<SiloOptions>() ?? new();
        var address = IPAddress.TryParse(silo.Address, out var named) ? named : IPAddress.Loopback;
        var port = silo.Port is > 0 and <= 65535 ? silo.Port : SiloPort.Choose(address, folder.SiloPort);
        var certificates = silo.HasCertificates ? new SiloCertificates(silo) : null;
        if (certificates is not null)
            builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<SiloCertificateWatch>(provider, certificates));
        builder.UseOrleans(orleans =>
        {
            if (certificates is not null)
                orleans.UseTls(certificates.Configure);
            else if (settings["Journal:Postgres"] is not { Length: > 0 })
                orleans.UseTls(SiloCertificates.OfThisProcessAlone);

            if (settings["Journal:Postgres"] is { Length: > 0 })
                orleans.UseReplicas(address, port);
            else
                orleans.UseLocalhostClustering(port, gatewayPort: 0);
        });
    }
}
