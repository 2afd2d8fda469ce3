using Remediator.Core.Secrets;

namespace Remediator.Testing;

/// <summary>Secrets as their files have them at the moment.</summary>
public sealed class FilesAsTheyAre : ISecrets
{
    public string Read(string path, int shortest = 1) => File.ReadAllText(path).Trim();
}
