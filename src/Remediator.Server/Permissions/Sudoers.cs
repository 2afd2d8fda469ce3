using System.Globalization;
using System.Text;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Server.Permissions;

/// <summary>What actions declare to run on hosts as root, as a file for <c>/etc/sudoers.d</c> of each host of the policy.</summary>
internal static class Sudoers
{
    private const string Head = "# Written by 'remediator permissions --for hosts' from what its actions declare.\n";
    private const string User = "remediator";

    /// <summary>
    /// A section for each host that is not logged in to as root. Without any, one that says where the policy's values belong.
    /// </summary>
    public static string Of(IReadOnlyCollection<HostPermission> permissions, IReadOnlyList<ManagedHost> hosts)
    {
        var sections = hosts.Where(h => h.User != "root").ToList();
        if (sections.Count == 0)
            return Head + "# The policy lists no host with a user of its own; what it says of a host belongs where the braces are.\n"
                + Lines(permissions.Select(p => p.Command), User, "# ");
        return Head + string.Concat(sections.Select(h => $"\n# host {h.Name}\n{Lines(permissions.SelectMany(p => Of(p, h)), h.User, "")}"))
            + "\n# Where the markers of acts are, so that none is begun twice; a line of its own file in /etc/tmpfiles.d:\n"
            + string.Concat(sections.Select(h => h.User).Distinct().Select(u => $"# d /run/remediator 0700 {u} -\n"));
    }

    /// <summary>The commands that one permission is on one host: none where the policy allows nothing of it there.</summary>
    public static IEnumerable<string> Of(HostPermission permission, ManagedHost host)
    {
        var command = permission.Command.Replace(
            HostPermission.KeptJournal, host.KeepsJournal.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return command.Contains(HostPermission.Unit, StringComparison.Ordinal)
            ? host.Units.Select(u => command.Replace(HostPermission.Unit, u, StringComparison.Ordinal))
            : [command];
    }

    private static string Lines(IEnumerable<string> commands, string user, string before) => string.Concat(
        commands.Distinct().Order(StringComparer.Ordinal).Select(c => $"{before}{user} ALL=(root) NOPASSWD: {Escaped(c)}\n"));

    /// <summary>These separate or begin something in a sudoers file; the others are patterns there.</summary>
    private static string Escaped(string command)
    {
        var text = new StringBuilder();
        foreach (var c in command)
            text.Append(c is ',' or ':' or '=' or '\\' or '*' or '?' or '[' or ']' ? $"\\{c}" : $"{c}");
        return text.ToString();
    }
}
