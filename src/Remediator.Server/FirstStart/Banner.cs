using System.Net;
using System.Text;
using Remediator.Core.Alerts;
using Remediator.Sources.Intake;

namespace Remediator.Server.FirstStart;

/// <summary>What a person reads after the start; on stderr, since stdout carries the log.</summary>
internal static class Banner
{
    public static string Text(
        IReadOnlyCollection<string> addresses, IEnumerable<(string Name, string Value)> facts, IntakeOptions receiver,
        IEnumerable<AlertmanagerGroup> groups)
    {
        var text = new StringBuilder();
        text.AppendLine($"Remediator {ProgramVersion.Text}");
        foreach (var (name, value) in facts.Prepend(("listens on", string.Join(", ", addresses))))
            text.AppendLine($"  {name,-15}{value}");
        text.AppendLine().AppendLine("Add this receiver to your Alertmanager:").AppendLine();
        foreach (var group in groups.Cast<AlertmanagerGroup?>().DefaultIfEmpty())
            text.AppendLine(ReceiverBlock.For(Reachable(addresses.First()), receiver, group));
        return text.ToString();
    }

    /// <summary>An address of all interfaces is none that anybody could call.</summary>
    internal static string Reachable(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip)
            && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            ? $"{uri.Scheme}://{Dns.GetHostName()}:{uri.Port}"
            : address;
}
