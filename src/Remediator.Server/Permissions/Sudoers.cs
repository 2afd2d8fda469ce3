using System.Globalization;
using System.Text;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.Images;
using Remediator.Actions.Hosts.Space;
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
                + Lines(permissions.Select(Written), User, "# ") + Lists(hosts);
        return Head + string.Concat(sections.Select(h => $"\n# host {h.Name}\n{Lines(permissions.SelectMany(p => Of(p, h)), h.User, "")}"))
            + "\n# Where the markers of acts are, so that none is begun twice; a line of its own file in /etc/tmpfiles.d:\n"
            + string.Concat(sections.Select(h => h.User).Distinct().Select(u => $"# d /run/remediator 0700 {u} -\n")) + Lists(hosts);
    }

    /// <summary>The commands that one permission is on one host: none where the policy allows nothing of it there.</summary>
    public static IEnumerable<string> Of(HostPermission permission, ManagedHost host)
    {
        if (permission.Sha256 is not null)
            return permission.Command.Contains(HostPermission.Mount, StringComparison.Ordinal)
                ? host.Grows.Select(
                    g => Written(permission).Replace(HostPermission.Mount, Escaped(g.MountPoint), StringComparison.Ordinal))
                : (permission.Command == HostPermission.Images ? host.MayDeleteImages : host.MayDelete) ? [Written(permission)] : [];
        if (permission.Command == HostPermission.Reboot && !host.MayReboot)
            return [];
        var command = Written(permission).Replace(
            HostPermission.KeptJournal, host.KeepsJournal.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return command.Contains(HostPermission.Unit, StringComparison.Ordinal)
            ? host.Units.Select(u => command.Replace(HostPermission.Unit, Escaped(u), StringComparison.Ordinal))
            : [command];
    }

    private static string Lines(IEnumerable<string> commands, string user, string before) => string.Concat(
        commands.Distinct().Order(StringComparer.Ordinal).Select(c => $"{before}{user} ALL=(root) NOPASSWD: {c}\n"));

    /// <summary>What each host's own list has to say, by which the program that frees space goes.</summary>
    private static string Lists(IReadOnlyList<ManagedHost> hosts) => (!hosts.Any(h => h.Grows.Count > 0)
        ? ""
        : $"\n# {GrowHelper.Path} is what 'remediator permissions --for grower' prints; owned by root, mode 0755.\n")
        + (!hosts.Any(h => h.MayDeleteImages)
            ? ""
            : $"\n# {ImagesHelper.Path} is what 'remediator permissions --for images' prints; owned by root, mode 0755.\n")
        + (!hosts.Any(h => h.MayDelete) ? "" : Lines(hosts));

    private static string Lines(IReadOnlyList<ManagedHost> hosts) =>
        $"\n# {SpaceHelper.Path} is what 'remediator permissions --for helper' prints; owned by root, mode 0755. What it may\n"
            + $"# delete is in {SpaceHelper.ListPath}, owned by root, mode 0644, one line without the '# ':\n"
            + string.Concat(hosts.Where(h => h.MayDelete).Select(h => $"# host {h.Name}\n# {SpaceHelper.ListOf(h)}\n"));

    private static string Written(HostPermission permission) => permission.Sha256 is { } digest
        ? $"sha256:{digest} {Escaped(permission.Command)}"
        : Escaped(permission.Command);

    /// <summary>
    /// These separate or begin something in a sudoers file; the others are patterns there. A backslash is read twice: as an escape of the
    /// file, and as one of the pattern that the file then holds (toke.l and match_command.c of sudo).
    /// </summary>
    private static string Escaped(string command)
    {
        var text = new StringBuilder();
        foreach (var c in command)
            text.Append(c is '\\' ? @"\\\\" : c is ',' or ':' or '=' or '*' or '?' or '[' or ']' ? $"\\{c}" : $"{c}");
        return text.ToString();
    }
}
