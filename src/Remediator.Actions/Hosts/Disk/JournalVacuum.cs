namespace Remediator.Actions.Hosts.Disk;

/// <summary>
/// What journald deletes to get its archived files down to a size: the oldest of them. Files that it writes to are neither deleted nor
/// counted (journalctl(1), --vacuum-size).
/// </summary>
/// <param name="Bytes">What the file system wins by it.</param>
internal sealed record JournalVacuum(int Files, long Bytes)
{
    public static JournalVacuum Of(IReadOnlyList<JournalFile> files, long keep)
    {
        var archived = files.Where(f => f.IsArchived).OrderBy(f => f.Changed).ToList();
        var (left, count, won) = (archived.Sum(f => f.Bytes), 0, 0L);
        foreach (var file in archived.TakeWhile(_ => left > keep))
            (left, count, won) = (left - file.Bytes, count + 1, won + file.Bytes);
        return new(count, won);
    }
}
