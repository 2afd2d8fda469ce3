using Remediator.Actions.Hosts.Descriptors;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

internal static class AllowedDescriptors
{
    /// <summary>Lets the user ops do what <c>remediator permissions --for hosts</c> prints for looks at descriptors.</summary>
    public static Task<string> AllowDescriptorsAsync(this TestHost host)
    {
        var find = DescriptorReader.Permission.Command
            .Replace("\\", @"\\\\", StringComparison.Ordinal)
            .Replace("[", @"\[", StringComparison.Ordinal)
            .Replace("]", @"\]", StringComparison.Ordinal);
        return host.RunAsync($"""
            cat >/etc/sudoers.d/remediator <<'S'
            ops ALL=(root) NOPASSWD: {find}
            S
            chmod 440 /etc/sudoers.d/remediator
            visudo -cqf /etc/sudoers.d/remediator
            """);
    }
}
