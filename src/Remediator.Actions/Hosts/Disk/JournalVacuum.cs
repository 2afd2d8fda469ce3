namespace Remediator.Actions.Hosts.Disk;

/// <summary>What journald deletes to get down to a size: of the archived files the oldest, after all have become archived.</summary>
/// <param name="Bytes">What the file system wins by it.</param>
internal sealed record JournalVacuum(int Files, long Bytes)
{
    /// <summary>What journald takes at once for a file that it begins (FILE_SIZE_INCREASE of its source).</summary>
    private const long NewFile = 8 << 20;

    public static JournalVacuum Of(IReadOnlyList<JournalFile> files, long keep)
    {
        var (left, count, won) = (files.Sum(f => f.Bytes), 0, 0L);
        foreach (var file in files.OrderBy(f => !f.IsArchived).ThenBy(f => f.Changed))
        {
            if (left <= keep)
                break;
            (left, count, won) = (left - file.Bytes, count + 1, won + file.Bytes);
        }

        // each file that was written to is followed by a new one
        return count == 0 ? new(0, 0) : new(count, Math.Max(0, won - (files.Count(f => !f.IsArchived) * NewFile)));
    }
}
