using System.Text;
using Remediator.Core.Pauses;
using Remediator.Server.Settings;

namespace Remediator.Server.Pausing;

/// <summary>
/// The global switch: while the file <c>paused</c> is in the data folder, nothing is changed. Its text is the reason. Only a folder that
/// can be searched, and has no such file, means that nothing is paused.
/// </summary>
internal sealed class PauseFile : IPauseSwitch
{
    private const int LongestReason = 500;

    /// <summary>The attributes of what does not exist; whatever else keeps them from being read is thrown.</summary>
    private const FileAttributes NotThere = (FileAttributes)(-1);

    private static readonly TimeSpan MountIsGoodFor = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly string _folder;
    private readonly string? _mount;
    private readonly TimeProvider _time;
    private long _mountedAt;

    public PauseFile(DataFolder folder, TimeProvider time)
    {
        _time = time;
        _path = Path.GetFullPath(folder.PauseFile);
        _folder = MountPoint.RealPath(Path.GetDirectoryName(_path)!);
        _mount = MountPoint.Of(_folder);
        _mountedAt = time.GetTimestamp();
    }

    public string? Reason
    {
        get
        {
            try
            {
                return IsThere(_path) ? WhyOf(_path) : WhyNotKnown();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return $"{_path} cannot be read: {e.Message}";
            }
        }
    }

    /// <summary>What makes this path unfit to be a switch, when the server starts.</summary>
    /// <param name="named">The user has named it, so its folder has to be there; the data folder is made at the first start.</param>
    /// <returns>Null where nothing does.</returns>
    public static string? Fault(string path, bool named)
    {
        if (Directory.Exists(path))
            return $"'{path}' is a folder, but the pause switch is a file. Name the file, or remove the folder.";

        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return named && !Directory.Exists(folder)
            ? $"the folder of '{path}' does not exist or cannot be searched, so the file would never be found. Create or "
                + $"mount '{folder}', or name another file."
            : null;
    }

    /// <summary>
    /// Of a link, the link itself: one that leads to nothing was put there by somebody all the same. Every decision asks, so that what is
    /// not there is no exception here, as it is for <see cref="File.GetAttributes(string)"/>.
    /// </summary>
    private static bool IsThere(string path) => new FileInfo(path).Attributes != NotThere;

    private static string WhyOf(string path)
    {
        if (Directory.Exists(path))
            return $"{path} is a folder";

        var file = (FileInfo?)new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) ?? new FileInfo(path);
        // pipes and devices have no length; opening one may wait for ever
        var text = file.Length == 0 ? "" : Beginning(file);
        return text.Length == 0 ? $"{path} is there" : text;
    }

    private static string Beginning(FileInfo file)
    {
        using var reader = new StreamReader(file.FullName, Encoding.UTF8);
        var buffer = new char[LongestReason];
        var text = new StringBuilder();
        foreach (var rune in buffer.AsSpan(0, reader.ReadBlock(buffer)).EnumerateRunes())
            text.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        return text.ToString().Trim();
    }

    /// <summary>
    /// The file is not there. That says something only as long as its folder is, on the same file system as at the start.
    /// </summary>
    private string? WhyNotKnown()
    {
        if (!Directory.Exists(_folder))
            return $"it is unknown whether {_path} exists: its folder does not exist or cannot be searched";

        return IsMounted() ? null : $"it is unknown whether {_path} exists: {_mount}, where it would be, is no longer mounted";
    }

    /// <summary>Every decision asks, and a machine may have hundreds of mounts: their list is read at most once a second.</summary>
    private bool IsMounted()
    {
        var last = Volatile.Read(ref _mountedAt);
        if (_time.GetElapsedTime(last) < MountIsGoodFor)
            return true;
        if (MountPoint.Of(_folder) != _mount)
            return false;
        Volatile.Write(ref _mountedAt, _time.GetTimestamp());
        return true;
    }
}
