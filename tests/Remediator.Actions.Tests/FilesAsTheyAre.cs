using Remediator.Core.Secrets;

namespace Remediator.Actions.Tests;

internal sealed class FilesAsTheyAre : ISecrets
{
    public string Read(string path, int shortest = 1) => File.ReadAllText(path).Trim();
}
