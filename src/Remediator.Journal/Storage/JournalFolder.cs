using Remediator.Core.Journal;

namespace Remediator.Journal.Storage;

/// <summary>
/// The folder of one store, held by one process: an exclusive lock of the operating system ends with it, however it ends.
/// </summary>
internal sealed class JournalFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int LockedOnLinux = 11;
    private const int LockedOnMac = 35;
    private const int LockedOnWindows = unchecked((int)0x80070020);

    private readonly FileStream _lock;

    private JournalFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public static string StoreFile(string folder) => System.IO.Path.Combine(folder, "journal.db");

    /// <exception cref="StoreUnavailableException">The folder cannot be made or written, or another process holds it.</exception>
    public static JournalFolder Hold(string folder)
    {
        try
        {
            CreateFolder(folder);
            return new JournalFolder(folder, Lock(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The data folder {folder} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>SQLite gives its other files the mode of this one.</summary>
    public void CreateStoreFile()
    {
        using var _ = Open(StoreFile(Path), FileShare.ReadWrite);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string folder)
    {
        var file = System.IO.Path.Combine(folder, "data.lock");
        try
        {
            return Open(file, FileShare.None);
        }
        catch (IOException e) when (e.HResult is LockedOnLinux or LockedOnMac or LockedOnWindows)
        {
            throw new StoreUnavailableException(
                $"The data folder {folder} is in use by another running Remediator, which holds {file}. Stop that one, or "
                    + $"give this one a folder of its own (Journal:DataFolder).",
                e);
        }
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }

    private static FileStream Open(string file, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(file, options);
    }
}
