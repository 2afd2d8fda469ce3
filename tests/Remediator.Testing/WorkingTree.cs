namespace Remediator.Testing;

/// <summary>The working tree that the running tests were built in.</summary>
public static class WorkingTree
{
    /// <param name="path">Of a file or a folder in it.</param>
    /// <exception cref="InvalidOperationException">The tests were taken elsewhere after they had been built.</exception>
    public static string Path(params IEnumerable<string> path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Remediator.sln")))
            folder = folder.Parent;
        return folder is null
            ? throw new InvalidOperationException($"Remediator.sln is in no folder above {AppContext.BaseDirectory}.")
            : System.IO.Path.Combine([folder.FullName, .. path]);
    }
}
