using System.Security.Cryptography;
using System.Text;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.Reach;

/// <summary>From a resource to the machine that it is or is on, as the policy lists it.</summary>
internal sealed class Machines(HostShell shell)
{
    /// <summary>Kinds of resources that are a machine or a part of one.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [ResourceKinds.Host, ResourceKinds.FileSystem];

    /// <exception cref="ActionFailedException">The policy lists no such machine.</exception>
    public ManagedHost Of(ResourceKey resource)
    {
        var name = resource.Kind == ResourceKinds.FileSystem ? resource.Name[..Colon(resource.Name)] : resource.Name;
        // a node is the machine whose entry names it, whatever another machine is called
        var byName = resource.Kind == ResourceKinds.Node ? null : shell.Hosts.FirstOrDefault(h => h.Name == name);
        return byName ?? shell.Hosts.FirstOrDefault(h => h.Node == name)
            ?? throw new ActionFailedException(
                FailureKind.Permanent,
                $"The policy lists no host {(resource.Kind == ResourceKinds.Node ? "that is node " : "")}'{name}', so nobody logs in "
                    + "there; add it under 'hosts' to change that.");
    }

    /// <exception cref="ActionFailedException">The policy lists no machine that is this node.</exception>
    public ManagedHost OfNode(string node) => Of(new("", ResourceKinds.Node, "", node));

    /// <summary>The mount point that a resource is about; of a machine as a whole the root.</summary>
    public static string MountPoint(ResourceKey resource) =>
        resource.Kind == ResourceKinds.FileSystem && Colon(resource.Name) is var colon && colon < resource.Name.Length
            ? resource.Name[(colon + 1)..]
            : "/";

    /// <summary>What the marker of an act is called on the host: a name of a file whatever the id holds.</summary>
    public static string MarkOf(ActionRequest request) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.ActionId)))[..32];

    public Task<HostAnswer> RunAsync(
        ActionRequest request, HostScript script, CancellationToken cancellationToken, params IReadOnlyList<string> arguments) =>
        RunAsync(Of(request.Resource), request, script, cancellationToken, arguments);

    public Task<HostAnswer> RunAsync(
        ManagedHost host, ActionRequest request, HostScript script, CancellationToken cancellationToken,
        params IReadOnlyList<string> arguments) =>
        shell.RunAsync(host, script, arguments, request.NotAfter, cancellationToken);

    /// <param name="trouble">What the act is about.</param>
    public async Task<IReadOnlyDictionary<string, string>?> IdentifyAsync(
        ActionRequest request, HostTrouble trouble, CancellationToken cancellationToken) =>
        IdentityIn(await RunAsync(request, new HostScript("identity.sh", trouble), cancellationToken));

    /// <summary>
    /// The start of the machine and the machine: either alone can be the same for two, as the boot id of containers on one machine is.
    /// </summary>
    public static IReadOnlyDictionary<string, string> IdentityIn(HostAnswer answer) => new Dictionary<string, string>
    {
        ["boot_id"] = Known(answer, "boot_id"),
        ["machine_id"] = Known(answer, "machine_id"),
    };

    private static string Known(HostAnswer answer, string name) => answer.One(name) is { Length: > 0 } value
        ? value
        : throw new ActionFailedException(
            FailureKind.Permanent, $"The host does not say its {name}, so it cannot be told from another one.");

    private static int Colon(string name) =>
        name.IndexOf(":/", StringComparison.Ordinal) is >= 0 and var colon ? colon : name.Length;
}
