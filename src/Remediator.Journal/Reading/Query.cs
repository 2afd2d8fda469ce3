namespace Remediator.Journal.Reading;

/// <summary>A statement that reads, with parameters <c>@name</c>; the same for every engine.</summary>
/// <param name="Name">For people and for tests.</param>
internal sealed record Query(string Name, string Sql)
{
    /// <summary>Why it may look at a whole table; null where it must not.</summary>
    public string? ReadsAll { get; init; }
}
