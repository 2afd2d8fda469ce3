namespace Remediator.Actions.Hosts.FreeSpace;

/// <summary>One kind of files that space is freed from.</summary>
/// <param name="Kind">As the program on the host calls it.</param>
/// <param name="What">For people: what goes.</param>
/// <param name="Do">The verb of the plan.</param>
/// <param name="Done">What is said of them once it is done.</param>
internal sealed record SpaceWay(string Action, string Kind, string What, string Do, string Done, string Summary)
{
    public static IReadOnlyList<SpaceWay> All { get; } =
    [
        new(
            "host.delete-rotated-logs", "log", "files that were put aside from listed logs", "delete", "deleted",
            "Deletes files that were put aside from logs of a host that the policy lists (app.log.1, app.log-20261101.gz), once they are "
                + "older than it keeps them; none that is open, has another name, holds data, or is in a directory of a database."),
        new(
            "host.delete-old-temp", "temp", "old temporary files", "delete", "deleted",
            "Deletes regular files in folders for temporary files of a host that the policy lists, if nobody has used or changed them for "
                + "longer than it keeps them; none that is open, locked, mounted or named by tmpfiles.d, and no sockets or folders."),
        new(
            "host.truncate-deleted-logs", "open", "listed logs that are deleted and still open", "truncate", "truncated",
            "Truncates files of a host that are deleted and still open, if they were logs that the policy lists and are only ever appended "
                + "to."),
    ];
}
