using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Remediator.Core.Journal;
using Remediator.Definitions.Faults;

namespace Remediator.Server.Serve;

/// <summary>Why the server cannot start, in words for who starts it.</summary>
internal static class StartFaults
{
    /// <summary>Every fault of every settings class at once.</summary>
    public static IReadOnlyList<string> OfSettings(IServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
        catch (AggregateException e) when (e.InnerExceptions.All(i => i is OptionsValidationException))
        {
            return [.. e.InnerExceptions.Cast<OptionsValidationException>().SelectMany(i => i.Failures)];
        }
    }

    /// <returns>Null for what is a fault of the program and should show its trace.</returns>
    public static IReadOnlyList<string>? Explain(Exception exception) => exception switch
    {
        StoreUnavailableException => [exception.Message],
        DefinitionsInvalidException invalid =>
            ["The definitions cannot be used; 'remediator check' says the same:", .. invalid.Faults.Select(f => f.ToString())],
        // Kestrel wraps it and names the address; the silo does neither
        AddressInUseException => ["The silo's port is taken by another program; set Silo:Port to another one, or to 0 for a free one."],
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            ["Silo:Address is not an address of this machine; set one at which the other replicas can reach it."],
        IOException { InnerException: AddressInUseException } =>
            [$"{exception.Message} Stop the other program, or give another address with --listen."],
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        _ => null,
    };
}
