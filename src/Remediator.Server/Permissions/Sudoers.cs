using Remediator.Core.Actions;

namespace Remediator.Server.Permissions;

/// <summary>What actions declare to run on hosts as root, as a file for <c>/etc/sudoers.d</c>.</summary>
internal static class Sudoers
{
    private const string User = "remediator";

    public static string Of(IEnumerable<HostPermission> permissions) =>
        "# Written by 'remediator permissions --for hosts' from what its actions declare.\n"
        + string.Concat(permissions.Select(p => p.Command)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(c => $"{User} ALL=(root) NOPASSWD: {Escaped(c)}\n"));

    /// <summary>These separate or begin something in a sudoers file.</summary>
    private static string Escaped(string command) =>
        string.Concat(command.Select(c => c is ',' or ':' or '=' or '\\' ? $"\\{c}" : $"{c}"));
}
