using System.Collections.Frozen;
using Remediator.Core.Alerts;
using Remediator.Core.Pages;
using Remediator.Sources.Alertmanager.Lists;

namespace Remediator.Sources.Alertmanager.Silences;

/// <summary>The silences of one group as they were last read, and what the engine has made and ended there since.</summary>
internal sealed class GroupBook(AlertmanagerGroup group)
{
    private readonly Lock _lock = new();

    /// <summary>
    /// What was made (or, where it is null, ended) since the reading began that is going on: its answer may not know of it.
    /// </summary>
    private readonly Dictionary<string, Silence?> _meanwhile = new(StringComparer.Ordinal);

    /// <summary>Since when no replica has listed a silence of a person, although all of them answered.</summary>
    private readonly Dictionary<string, DateTimeOffset> _lost = new(StringComparer.Ordinal);

    private volatile GroupSilences _current = new(group.Source, [], null, "");

    public AlertmanagerGroup Group => group;

    public GroupSilences Current => _current;

    public void Remember(Silence silence) => Change(silence.Id, silence);

    public void Forget(string id) => Change(id, null);

    public void Begin()
    {
        lock (_lock)
            _meanwhile.Clear();
    }

    /// <param name="lists">Of the replicas that answered.</param>
    /// <param name="areAll">Every replica has answered.</param>
    public void Read(IReadOnlyList<SilenceList> lists, bool areAll, DateTimeOffset now)
    {
        lock (_lock)
            _current = new(group.Source, Merged(lists, areAll, now), now, "") { Lost = _lost.ToFrozenDictionary() };
    }

    /// <summary>What was read before stays, with its time.</summary>
    /// <param name="lists">Of replicas that cannot know all of the group's silences.</param>
    public void Failed(IReadOnlyList<SilenceList> lists, string problem, DateTimeOffset now)
    {
        lock (_lock)
            _current = _current with { Silences = Merged(lists, false, now), Problem = problem, Lost = _lost.ToFrozenDictionary() };
    }

    /// <summary>
    /// The one place that decides what an answer proves. A silence is over where it is listed as over, and at its end. That it is not
    /// listed proves nothing: Alertmanager lists what a person has ended for days, so one that lists neither has lost it, as after a start
    /// without its data. A person ends such a one by making it again and ending that. Of those that the engine made the whole group can
    /// prove it: one that nobody has holds no page.
    /// </summary>
    private IReadOnlyList<Silence> Merged(IReadOnlyList<SilenceList> lists, bool areAll, DateTimeOffset now)
    {
        var standing = lists.SelectMany(l => l.Standing).DistinctBy(s => s.Id).ToList();
        var over = lists.SelectMany(l => l.Over).ToList();
        var told = standing.Concat(over).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        var others = _current.Silences.Where(s => !told.Contains(s.Id) && now < s.EndsAt && !(areAll && s.CreatedBy == Silence.Ours))
            .ToList();
        if (areAll)
            others.ForEach(s => _lost.TryAdd(s.Id, now));
        others.RemoveAll(s => _lost.TryGetValue(s.Id, out var since) && over.Exists(o => o.EndsAt > since && s.MatchesAs(o)));
        foreach (var id in _lost.Keys.Except(others.Select(s => s.Id)).ToList())
            _lost.Remove(id);
        others.RemoveAll(s => _lost.TryGetValue(s.Id, out var since) && now - since >= GroupSilences.KeptAfterLoss);
        return [.. standing.Concat(others).Where(s => !_meanwhile.ContainsKey(s.Id)), .. _meanwhile.Values.OfType<Silence>()];
    }

    private void Change(string id, Silence? silence)
    {
        lock (_lock)
        {
            _meanwhile[id] = silence;
            IEnumerable<Silence> others = _current.Silences.Where(s => s.Id != id);
            _current = _current with { Silences = [.. silence is null ? others : others.Append(silence)] };
        }
    }
}
