using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Hosts.Descriptors;

/// <summary>
/// Looks at the process of a machine that is nearest to its limit of open files, or at the one that is named. Whether it grows follows from
/// the look before.
/// </summary>
internal sealed class DescriptorsLook(Machines machines) : ILook
{
    private readonly DescriptorReader _reader = new(machines);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.descriptors",
        Class = ActionClass.Read,
        Input = typeof(DescriptorsInput),
        Summary = "Looks at the process of a host that is nearest to its limit of open files, or the one that is named: what it has open, "
            + "whether that is a leak or load, which service it is, and how near the host and its user are to theirs.",
        Kinds = DescriptorReader.Kinds,
        Deadline = TimeSpan.FromSeconds(30),
        Permissions = [DescriptorReader.Permission, .. SystemsManagerPermissions.All],
    };

    public string Provider => FactSchema.Hosts;

    public IReadOnlyList<string> Gives => ["descriptors"];

    public async Task<IReadOnlyList<Fact>> LookAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var host = _reader.Host(request);
        var input = (DescriptorsInput)request.Input;
        // it may have ended, and it may have another name there: nobody knows how it is
        if (await _reader.ReadAsync(request, input, 0, cancellationToken) is not { } seen)
            throw new ActionFailedException(
                FailureKind.Transient,
                $"Host {host.Name} shows no process {Meant(input)}, so it is not known how many files it has open.");

        var growth = DescriptorGrowth.Between(request.Facts.Named("descriptors").FirstOrDefault(f => f["host"] == host.Name), seen);
        var labels = DescriptorText.Labels(seen, growth, request.DurationScale, host.Name);
        labels["unit"] = seen.Unit;
        labels["unit_listed"] = host.Units.Contains(seen.Unit) ? "true" : "false";
        labels["room"] = seen.HasRoom ? "yes" : "no";
        return [new("descriptors", labels, DateTimeOffset.UnixEpoch)];
    }

    private static string Meant(DescriptorsInput input) => EvidenceText.OneLine(
        input.Process.Length > 0 ? $"named '{input.Process}'"
        : input.ListensAt.Length > 0 ? $"that listens on the port of '{input.ListensAt}'"
        : "at all",
        300);
}
