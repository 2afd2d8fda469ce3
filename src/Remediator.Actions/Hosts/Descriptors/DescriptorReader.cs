using System.Globalization;
using System.Net;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.Descriptors;

/// <summary>Asks a machine for the process that an input means.</summary>
internal sealed class DescriptorReader(Machines machines)
{
    public static IReadOnlyList<string> Kinds { get; } = [ResourceKinds.Host];

    /// <summary>One command with these very arguments; what it prints is all of <c>/proc/PID/fd</c>.</summary>
    public static HostPermission Permission { get; } = new(
        "/usr/bin/find /proc -mindepth 1 -maxdepth 3 -regex /proc/[0-9]+/fd/[0-9]+ -printf %p\\t%l\\0 -o -regex /proc/[0-9]+/fd "
            + "-o -regex /proc/[0-9]+ -o -prune");

    public ManagedHost Host(ActionRequest request) => machines.Of(request.Resource);

    /// <param name="seconds">Between two counts; 0 for one.</param>
    /// <returns>Null where there is no such process.</returns>
    /// <exception cref="ActionFailedException">The address has no port, or the host could not be asked.</exception>
    public async Task<DescriptorState?> ReadAsync(
        ActionRequest request, DescriptorsInput input, int seconds, CancellationToken cancellationToken)
    {
        var answer = await machines.RunAsync(
            request, DescriptorState.Script, cancellationToken, input.Process, Port(input.ListensAt),
            seconds.ToString(CultureInfo.InvariantCulture), "");
        return DescriptorState.Read(answer, Host(request).Name);
    }

    /// <summary>Of some containers, whatever is nearest to its limit.</summary>
    /// <returns>Null where no process of them is seen.</returns>
    /// <exception cref="ActionFailedException">The host could not be asked.</exception>
    public async Task<DescriptorState?> ReadContainersAsync(
        ManagedHost host, ActionRequest request, IReadOnlyList<string> ids, int seconds, CancellationToken cancellationToken) =>
        DescriptorState.Read(
            await machines.RunAsync(
                host, request, DescriptorState.Script, cancellationToken, "", "", seconds.ToString(CultureInfo.InvariantCulture),
                string.Join('\n', ids)),
            host.Name);

    /// <summary>Empty for no address at all: then any process is meant.</summary>
    internal static string Port(string address)
    {
        if (address.Length == 0) return "";
        // an IPv6 address without brackets has colons, and no port
        var port = IPEndPoint.TryParse(address, out var end) ? end.Port
            : address.Split(':') is [{ Length: > 0 }, var last]
                && ushort.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : 0;
        return port > 0
            ? port.ToString(CultureInfo.InvariantCulture)
            : throw new ActionFailedException(
                FailureKind.Permanent,
                $"The address '{EvidenceText.OneLine(address, 200)}' has no port, so it is not known which process is meant.");
    }
}
