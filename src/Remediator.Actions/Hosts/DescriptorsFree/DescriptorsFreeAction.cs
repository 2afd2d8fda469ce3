using System.Globalization;
using Remediator.Actions.Hosts.Descriptors;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.DescriptorsFree;

/// <summary>The same process, or a process of the same run of its service, has to have room for the whole stable time.</summary>
internal sealed class DescriptorsFreeAction(Machines machines) : IVerifyAction
{
    private readonly DescriptorReader _reader = new(machines);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.descriptors-free",
        Class = ActionClass.Read,
        Input = typeof(DescriptorsFreeInput),
        Summary = "The process that is nearest to its limit of open files, or the one that is named, runs and uses less than the "
            + "given share.",
        Kinds = DescriptorReader.Kinds,
        Deadline = TimeSpan.FromSeconds(30),
        Permissions = [DescriptorReader.Permission, .. SystemsManagerPermissions.All],
    };

    public async Task<CheckResult> CheckAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var (input, host) = ((DescriptorsFreeInput)request.Input, _reader.Host(request).Name);
        var named = input.Process.Length > 0 || input.ListensAt.Length > 0;
        var seen = await _reader.ReadAsync(
            request, new() { Process = input.Process, ListensAt = input.ListensAt }, 0, cancellationToken);
        return seen is null
            ? new(false, $"host {host} shows no such process")
            : new(
                seen.UsedPercent < input.UsedBelow,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"process {seen.Name} on host {host}: {seen.UsedPercent:0.#}% of the limit that is nearest ({seen.Short}) is used"),
                named ? seen.Run : seen.Identity["boot_id"]);
    }
}
