using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Journal.Chain;
using Remediator.Journal.Format;

namespace Remediator.Journal.Writing;

/// <summary>One decision as rows: fence and events, head, incidents, due work, inbox, alerts, permits and claims.</summary>
internal sealed class CommitWrite(Commit commit) : IWrite<CommitResult>
{
    private readonly string _resource = commit.Resource.ToString();
    private readonly AlertRow[] _firing = [.. commit.AlertsNow.Select(ToRow)];
    private readonly string[] _gone = [.. commit.AlertsGone.Select(StoredText.Of)];

    public string Kind => commit.Document is null ? "repeat" : "decision";

    public bool IsFarewell => commit.Farewell;

    public void Ask(Image image)
    {
        image.Heads.Want(_resource);
        foreach (var id in commit.Consumed)
            image.Waiting.Want(id);
        foreach (var id in _gone.Concat(_firing.Select(row => row.Id)))
            image.Alerts.Want(id);
        PermitWrite.Ask(image, commit);
    }

    public CommitResult Decide(Image image)
    {
        var head = image.Heads[_resource] ?? new Head(0, EventHash.None);
        if (head.Version != commit.ExpectedVersion || !commit.Consumed.All(image.Waiting.Has))
            return new CommitResult.Conflict();
        if (PermitWrite.Refusal(image, commit) is { } reason)
            return new CommitResult.PermitDenied(reason);

        head = EventRows.Append(image, _resource, head, commit.Events, commit.At);
        image.Heads[_resource] = head;
        if (commit.Document is not null || commit.Events.Count > 0)
            image.Changes.Put(Table.ResourceHead, _resource, head.Version, head.Hash, commit.Document, (long)commit.DocumentSchema);
        foreach (var row in commit.Incidents)
            PutIncident(image, row);
        DueWrite.Put(image, _resource, commit.Due);
        Consume(image);
        PutAlerts(image);
        PermitWrite.Apply(image, commit);
        return new CommitResult.Committed(head.Version);
    }

    private static AlertRow ToRow(ActiveAlert alert) => new(
        StoredText.Of(alert.Id), alert.Resource.ToString(), alert.Name, StoredJson.Labels(alert.Labels), StoredTime.Text(alert.StartsAt),
        StoredTime.Text(alert.LastSeen), alert.Source);

    private static void PutIncident(Image image, IncidentRow row) => image.Changes.Put(
        Table.Incident, row.Id, row.Resource.ToString(), row.Problem, row.Status, row.Summary, StoredTime.Text(row.OpenedAt),
        row.ClosedAt is { } closed ? StoredTime.Text(closed) : null, row.WaitsFor);

    private void Consume(Image image)
    {
        foreach (var id in commit.Consumed)
        {
            if (image.Waiting[id] is not { } dedupe)
                continue;
            image.Waiting.Remove(id);
            image.WaitingRows.Remove(id);
            image.Dedupes.Remove(dedupe);
            image.Changes.Delete(Table.Inbox, "id", id);
            image.InboxChange--;
        }
    }

    private void PutAlerts(Image image)
    {
        foreach (var row in _firing)
        {
            TellOldPlace(image, image.Alerts[row.Id]);
            image.Alerts[row.Id] = row;
            Put(image, row, null);
        }

        foreach (var id in _gone)
        {
            if (image.Alerts[id] is not { } row)
                continue;
            TellOldPlace(image, row);
            image.Alerts.Remove(id);
            image.AlertWentAt = commit.At;
            Put(image, row, StoredTime.Text(commit.At));
        }
    }

    /// <summary>
    /// The resource that had the alert before hears that it is over there, whatever becomes of this process: it waits in the inbox.
    /// </summary>
    private void TellOldPlace(Image image, AlertRow? before)
    {
        if (before is null || before.Resource == _resource)
            return;
        var over = new Alert
        {
            Name = before.Name,
            Status = AlertStatus.Resolved,
            Labels = StoredJson.ParseLabels(before.Labels),
            StartsAt = StoredTime.Parse(before.StartsAt),
            EndsAt = commit.At,
            Fingerprint = AlertSource.FingerprintOf(before.Id, before.Source),
            Source = before.Source
        };
        image.Changes.Put(
            Table.Inbox, $"moved|{Guid.CreateVersion7(commit.At):n}", StoredJson.Alert(over), InboxEntry.Moved,
            commit.Events is [var first, ..] ? first.TraceId : "",
            StoredTime.Text(commit.At), before.Resource);
        image.InboxChange++;
    }

    private static void Put(Image image, AlertRow row, string? goneAt) => image.Changes.Put(
        Table.ActiveAlert, row.Id, row.Resource, row.Name, row.Labels, row.StartsAt, row.LastSeen, ++image.AlertChange, goneAt, row.Source);
}
