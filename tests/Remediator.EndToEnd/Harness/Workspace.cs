namespace Remediator.EndToEnd.Harness;

/// <summary>Files of one scenario: a temporary folder, and a folder of logs that stays when a test fails.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("remediator-e2e-");

    public Workspace(string name)
    {
        var root = Environment.GetEnvironmentVariable("REMEDIATOR_TEST_LOGS") is { Length: > 0 } kept
            ? kept
            : Path.Combine(_folder.FullName, "logs");
        Logs = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
    }

    public string Logs { get; }

    public string this[string name] => Path.Combine(_folder.FullName, name);

    public string Log(string name) => Path.Combine(Logs, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
