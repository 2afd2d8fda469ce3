using Remediator.Core.Alerts;
using Remediator.Core.Pages;

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

    public void Read(IReadOnlyList<Silence> silences, DateTimeOffset now)
    {
        lock (_lock)
            _current =
                new(group.Source, [.. silences.Where(s => !_meanwhile.ContainsKey(s.Id)), .. _meanwhile.Values.OfType<Silence>()], now, "");
    }

    /// <summary>What was read stays, with its time.</summary>
    public void Failed(string problem)
    {
        lock (_lock)
            _current = _current with { Problem = problem };
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
