using Remediator.Core.Events;
using Remediator.Core.Resources;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;

namespace Remediator.Journal.Writing;

/// <summary>Rows that have had their time. A stream goes with its chain: should there be news of its resource, it begins anew.</summary>
internal sealed record Past(IReadOnlyList<string> Incidents, IReadOnlyList<long> DeadLetters, IReadOnlyList<CheckpointHead> Streams);

/// <summary>Deletes them, and says so in the stream of the archive, in one transaction.</summary>
internal sealed class ForgetWrite(ResourceKey archive, Past past, DateTimeOffset at, string traceId) : IWrite<bool>
{
    private readonly string _archive = archive.ToString();

    public string Kind => "retention";

    public void Ask(Image image)
    {
        image.Heads.Want(_archive);
        foreach (var stream in past.Streams)
            image.Heads.Want(stream.Resource);
    }

    public bool Decide(Image image)
    {
        // of which something was heard meanwhile stays
        var streams = past.Streams.Where(s => image.Heads[s.Resource] is { } head && head.Version == s.Version && head.Hash == s.Hash)
            .ToList();
        if (past.Incidents.Count + past.DeadLetters.Count + streams.Count == 0)
            return false;
        foreach (var id in past.Incidents)
            image.Changes.Delete(Table.Incident, "id", id);
        foreach (var id in past.DeadLetters)
            image.Changes.Delete(Table.DeadLetter, "id", id);
        foreach (var stream in streams)
        {
            image.Heads.Remove(stream.Resource);
            image.Changes.Delete(Table.ResourceHead, "resource", stream.Resource);
        }

        var forgotten = new Forgotten(
            past.Incidents.Count, past.DeadLetters.Count, [.. streams.Select(s => new ForgottenStream(s.Resource, s.Version, s.Hash))]);
        var head = EventRows.Append(
            image, _archive, image.Heads[_archive] ?? new Head(0, EventHash.None),
            [new Happened(forgotten, null, at, traceId, Happened.Engine).ToNewEvent()], at);
        image.Heads[_archive] = head;
        image.Changes.Put(Table.ResourceHead, _archive, head.Version, head.Hash, "{}", 0L);
        return true;
    }
}
