using System.Diagnostics;
using System.Globalization;
using k8s.Models;

namespace Remediator.EndToEnd.Harness;

/// <summary>The server in a pod, as this machine sees its process.</summary>
internal static class PodProcess
{
    /// <returns>Null where it does not run.</returns>
    public static Process? Of(V1Pod pod)
    {
        var id = Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .OfType<string>()
            .Where(name => name.All(char.IsAsciiDigit))
            .Select(name => int.Parse(name, CultureInfo.InvariantCulture))
            .FirstOrDefault(id => Text($"/proc/{id}/cmdline").StartsWith("/app/remediator\0serve", StringComparison.Ordinal)
                && Text($"/proc/{id}/cgroup").Contains(pod.Uid(), StringComparison.Ordinal));
        return id == 0 ? null : Process.GetProcessById(id);
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
