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
    /// <param name="areAll">
    /// Every replica has answered, so that what none of them has is gone. Of fewer, one that was started anew may have lost what the others
    /// still know: only a silence that is listed as over is, or one whose time has come.
    /// </param>
    public void Read(IReadOnlyList<SilenceList> lists, bool areAll, DateTimeOffset now)
    {
        lock (_lock)
            _current = new(group.Source, Merged(lists, areAll, now), now, "");
    }

    /// <summary>What was read before stays, with its time.</summary>
    /// <param name="lists">Of replicas that cannot know all of the group's silences.</param>
    public void Failed(IReadOnlyList<SilenceList> lists, string problem, DateTimeOffset now)
    {
        lock (_lock)
            _current = _current with { Silences = Merged(lists, false, now), Problem = problem };
    }

    private IReadOnlyList<Silence> Merged(IReadOnlyList<SilenceList> lists, bool areAll, DateTimeOffset now)
    {
        var standing = lists.SelectMany(l => l.Standing).DistinctBy(s => s.Id).ToList();
        var told = standing.Select(s => s.Id).Concat(lists.SelectMany(l => l.Over)).ToHashSet(StringComparer.Ordinal);
        var others = areAll ? [] : _current.Silences.Where(s => !told.Contains(s.Id) && now < s.EndsAt);
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
