using System.Reflection;

namespace Remediator.Server;

internal static class ProgramVersion
{
    /// <summary>With the commit that it was built from, where the build knew it.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
