using System.Net;
using Microsoft.Extensions.Options;
using Remediator.Server.Serve;
using Remediator.Server.Settings;

namespace Remediator.Server.Silo;

internal sealed class SiloOptionsValidator : IValidateOptions<SiloOptions>
{
    public ValidateOptionsResult Validate(string? name, SiloOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(SiloOptions options)
    {
        if (!IPAddress.TryParse(options.Address, out var address))
            yield return $"Silo:Address is '{options.Address}'; set the IP address that the other replicas reach this one at "
                + $"(in Kubernetes the pod's).";
        else if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            yield return $"Silo:Address is {options.Address}, which is no address that others can reach; set the IP address "
                + $"of this machine or pod.";
        else if (!IPAddress.IsLoopback(address) && !options.HasCertificates)
            yield return $"Silo:Address {options.Address} can be reached from other machines, and whoever can reach the "
                + $"silo's port controls the engine: set Silo:CertificateFile, Silo:KeyFile and Silo:CaFile, so that only "
                + $"replicas with a certificate of that CA join.";
        else if (!options.HasCertificates && (options.CertificateFile + options.KeyFile + options.CaFile).Length > 0)
            yield return "Silo:CertificateFile, Silo:KeyFile and Silo:CaFile belong together; set all or none.";
        else if (options.HasCertificates && SiloCertificates.Fault(options) is { } fault)
            yield return fault;
        if (options.Port is < 0 or > 65535)
            yield return $"Silo:Port is {options.Port}; set it between 0 and 65535, where 0 takes a free port.";
        // who joins at the address of an older replica declares that one dead: it must not be a living one
        else if (options.Port > 0 && address is not null && !SiloPort.IsFree(address, options.Port))
            yield return $"Silo:Port {options.Port} at {address} is taken by another program; set another one, or 0 for a free one.";
    }
}
