using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Records;
using Remediator.Core.Resources;

namespace Remediator.Facts.Tests.Projection;

/// <summary>Writes down at once what is told, as the journal does a moment later.</summary>
internal sealed class BookedRevisions : IGoodRevisions
{
    public event Action? Changed;

    public RevisionBook Book { get; private set; } = RevisionBook.Empty;

    public DateTimeOffset Now { get; set; } = A.Now;

    public RevisionStanding? Find(ResourceKey workload, string uid, string revision) => Book.Find(workload.ToString(), uid, revision);

    public void RanWell(ResourceKey workload, string uid, string revision) =>
        Write(Book.RanWell(workload.ToString(), uid, revision));

    public void WentBad(ResourceKey workload, string uid, string revision, string reason) =>
        Write(Book.WentBad(workload.ToString(), uid, revision, reason));

    public void Opened(ResourceKey workload, string uid, string revision) =>
        Write(Book.Opened(workload.ToString(), uid, revision, "i1", Now));

    private void Write(Event? told)
    {
        if (told is null)
            return;

        Book = Book.After(new(told, null, Now, "trace", Happened.Engine));
        Changed?.Invoke();
    }
}
