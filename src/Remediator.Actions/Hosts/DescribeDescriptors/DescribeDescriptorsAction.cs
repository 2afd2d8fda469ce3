using Remediator.Actions.Hosts.Descriptors;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Core.Actions;
using Remediator.Core.Language;

namespace Remediator.Actions.Hosts.DescribeDescriptors;

/// <summary>Keeps what a process has open, and how that grows within a few seconds.</summary>
internal sealed class DescribeDescriptorsAction(Machines machines) : IReadAction
{
    private const int Seconds = 8;

    private readonly DescriptorReader _reader = new(machines);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.describe-descriptors",
        Class = ActionClass.Read,
        Input = typeof(DescriptorsInput),
        Summary = "Records what a process of a host has open, by kind, peer, state and file, and how much more a few seconds later.",
        Kinds = DescriptorReader.Kinds,
        Deadline = TimeSpan.FromSeconds(30),
        Permissions = [DescriptorReader.Permission, .. SystemsManagerPermissions.All],
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var host = _reader.Host(request).Name;
        if (await _reader.ReadAsync(request, (DescriptorsInput)request.Input, Seconds, cancellationToken) is not { } seen)
            return new("Descriptors", $"Host {host} has no such process.");

        var lines = DescriptorText.Whole(seen, seen.Unit.Length > 0 ? $"unit {seen.Unit}" : "no unit");
        return new("Descriptors", lines)
        {
            Values = new Dictionary<string, string>
            {
                ["reason"] = DescriptorText.Reason(seen, $"process {seen.Name}"),
                ["last_log_lines"] = Excerpt.Of(lines, 2000),
            },
        };
    }
}
