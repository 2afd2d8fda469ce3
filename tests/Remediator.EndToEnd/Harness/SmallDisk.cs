namespace Remediator.EndToEnd.Harness;

/// <summary>A file system of a few megabytes that can be filled; needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("remediator-disk-");

    public string Folder => _folder.FullName;

    private string Filler => Path.Combine(Folder, "filler");

    public static async Task<SmallDisk> MountAsync(string size)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can mount a small disk.");
        var disk = new SmallDisk();
        await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", disk.Folder);
        return disk;
    }

    public void Fill()
    {
        try
        {
            using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var block = new byte[4096];
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // full, as it should be
        }
    }

    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", Folder);
        _folder.Delete();
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var (code, _, error) = await ChildProcess.RunAsync(program, arguments, new Dictionary<string, string>(), CancellationToken.None);
        Assert.True(code == 0, $"{program} ended with {code}: {error}");
    }
}
