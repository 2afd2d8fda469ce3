using System.Text.Json.Serialization;

namespace Remediator.Core.Actions;

/// <summary>One thing that an action has to be allowed. Each kind is granted in a place of its own: RBAC, IAM, sudoers.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(KubernetesPermission), "kubernetes")]
[JsonDerivedType(typeof(AwsPermission), "aws")]
[JsonDerivedType(typeof(HostPermission), "host")]
public abstract record Permission;

/// <summary>One RBAC rule that an action needs. <paramref name="Resource"/> may name a subresource: <c>pods/eviction</c>.</summary>
/// <param name="ApiGroup">Empty for the core group.</param>
public sealed record KubernetesPermission(string ApiGroup, string Resource, params IReadOnlyList<string> Verbs) : Permission;

/// <summary>One action of AWS' service authorization reference, such as <c>ec2:RebootInstances</c>.</summary>
/// <param name="Resource">
/// An ARN, with wildcards; <c>*</c> where the service knows no resources for it, as for <c>ec2:Describe*</c>.
/// </param>
/// <param name="Tag">
/// Key and value, <c>remediator=allowed</c>, that the resource must carry; null where the service supports no such condition.
/// </param>
public sealed record AwsPermission(string Action, string Resource = "*", string? Tag = null) : Permission;

/// <summary>One program that an action runs on a host as root, as sudoers has it.</summary>
/// <param name="Command">
/// Absolute path and arguments: <c>/usr/bin/systemctl restart kubelet.service</c>. What the policy says for each host is named by
/// <see cref="Unit"/> or <see cref="KeptJournal"/>. With <see cref="Sha256"/> only a path, and any arguments.
/// </param>
public sealed record HostPermission(string Command) : Permission
{
    /// <summary>
    /// Of a program that ships with this one, in hexadecimal: sudo runs no other. Only for hosts where the policy allows to free space, or,
    /// where the command names <see cref="Mount"/>, for each file system that may become larger, or, where it is <see cref="Images"/>,
    /// where container images may be deleted.
    /// </summary>
    public string? Sha256 { get; init; }

    /// <summary>Each of the units that may be restarted on the host.</summary>
    public const string Unit = "{unit}";

    /// <summary>The size in bytes to which the journal of the host is vacuumed.</summary>
    public const string KeptJournal = "{keep_journal}";

    /// <summary>Each of the mount points whose file systems may become larger on the host.</summary>
    public const string Mount = "{mount}";

    /// <summary>Deletes container images.</summary>
    public const string Images = "/usr/local/sbin/remediator-images";

    /// <summary>Restarts the machine; printed for those hosts alone that the policy lets be restarted.</summary>
    public const string Reboot = "/usr/bin/systemctl --no-block reboot";
}
