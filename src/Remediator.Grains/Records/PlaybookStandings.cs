using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Grains.Streams;

namespace Remediator.Grains.Records;

/// <summary>Where playbooks stand because of what they did, as this replica knows.</summary>
internal sealed class PlaybookStandings(IJournal journal, ClusterName cluster, TimeProvider time) : IPlaybookStandings
{
    private readonly EventStream<Standings> _stream = new(journal, Standings.Key(cluster.Name), Standings.Stream, time);

    private volatile Standings? _current;
    private volatile RecordBook? _records;

    /// <summary>Null until they have been read.</summary>
    public Standings? Current => _current;

    public RecordBook? Records { get => _records; set => _records = value; }

    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            _current = (await _stream.LoadAsync(cancellationToken)).Book;
        }
        catch (UnreadableStreamException)
        {
            // a newer version has written it: what was known before may be lower by now
            _current = null;
            throw;
        }
    }

    /// <summary>Lowers a playbook, unless a person or another replica has been there since.</summary>
    public async Task DemoteAsync(PlaybookDemoted demoted, DateTimeOffset setbackAt, CancellationToken cancellationToken) =>
        _current = await _stream.AppendAsync(
            standings =>
                standings.Of(demoted.Playbook) is { } known && (known.Since >= setbackAt || known.Ceiling <= demoted.To) ? [] : [demoted],
            cancellationToken);

    public async Task<CommandResult> PromoteAsync(
        string playbook, Mode to, string actor, string reason, string traceId, CancellationToken cancellationToken)
    {
        _current =
            await _stream.AppendAsync(_ => [new PlaybookPromoted(playbook, to, reason)], cancellationToken, actor: actor, traceId: traceId);
        return new(
            true, $"Playbook {playbook} may now do as much as {to.ToString().ToLowerInvariant()}, if its file and the settings allow it.");
    }

    public async Task<CommandResult> JudgeAsync(RepairJudged judged, string actor, string traceId, CancellationToken cancellationToken)
    {
        _current = await _stream.AppendAsync(_ => [judged], cancellationToken, actor: actor, traceId: traceId);
        return new(true, $"It is in the record of playbook {judged.Playbook}.");
    }
}
