using Remediator.Core.Playbooks;

namespace Remediator.Core.Records;

/// <summary>Automation is earned by record: raising a playbook is proposed to people, lowering it needs nobody.</summary>
public static class Promotion
{
    /// <summary>
    /// Runs in a row that were verified and stayed so, before <c>auto</c> is proposed: at 20 without a fault, nine in ten are right with a
    /// confidence of 88 %.
    /// </summary>
    public const int GoodRuns = 20;

    /// <summary>Times that it would have acted, before <c>approve</c> is proposed.</summary>
    public const int ShadowRuns = 10;

    /// <summary>And it must have been watched for so long.</summary>
    public static readonly TimeSpan Watched = TimeSpan.FromDays(7);

    private const int Looked = 5;
    private const int Bad = 3;

    /// <summary>
    /// What a setback lowers a playbook to: out of <c>auto</c> at once; out of <c>approve</c> when of its five newest runs three did no
    /// good.
    /// </summary>
    /// <param name="now">Its present mode.</param>
    /// <returns>Null where it stays as it is.</returns>
    public static Mode? LoweredTo(PlaybookRecord record, Mode now, Standing? standing)
    {
        var newest = Counting(record, standing).TakeLast(Looked).ToList();
        return now switch
        {
            Mode.Auto => Mode.Approve,
            Mode.Approve when newest.Count(r => !r.Good) >= Bad => Mode.Observe,
            _ => null,
        };
    }

    /// <summary>In words; null where the record does not speak for more.</summary>
    /// <param name="now">Its present mode.</param>
    public static string? Proposal(PlaybookRecord record, Mode now, Standing? standing, DateTimeOffset at)
    {
        var counting = Counting(record, standing).TakeLast(GoodRuns).ToList();
        var since = standing?.Since > record.FirstAt ? standing.Since : record.FirstAt;
        return now switch
        {
            Mode.Observe when record.Shadow >= ShadowRuns && record.False == 0 && at - since >= Watched =>
                $"approve: it would have acted {record.Shadow} times",
            Mode.Approve when counting.Count >= GoodRuns && counting.TrueForAll(r => r.Good) && at - since >= Watched =>
                $"auto: its last {counting.Count} runs succeeded",
            _ => null,
        };
    }

    /// <summary>Runs in a row, up to the newest, that succeeded; none where it was lowered and no person has raised it.</summary>
    public static int GoodInARow(PlaybookRecord? record, Standing? standing, DateTimeOffset now) =>
        record is null || standing?.Because is not null
        ? 0
        : Counting(record, standing).Where(r => r.At > now - RecordBook.Window).Reverse().TakeWhile(r => r.Good).Count();

    private static IEnumerable<RunRecord> Counting(PlaybookRecord record, Standing? standing) =>
        record.Newest.Where(r => standing is null || r.At > standing.Since);
}
