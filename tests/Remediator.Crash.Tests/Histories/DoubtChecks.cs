using Remediator.Core.Actions;
using Remediator.Core.Events;

namespace Remediator.Crash.Tests.Histories;

/// <summary>
/// No act on a guess: what the journal says of an act is what the target counted, and where nobody can tell, a person has it.
/// </summary>
internal static class DoubtChecks
{
    public static IEnumerable<Fault> Faults(History history, IReadOnlyList<ActRecord> acts) =>
        [.. acts.SelectMany(Repeats), .. acts.SelectMany(InDoubt), .. acts.SelectMany(act => Claims(act, history))];

    /// <summary>A second attempt only where it is known that the first did not happen.</summary>
    private static IEnumerable<Fault> Repeats(ActRecord act)
    {
        foreach (var again in act.Intents.Skip(1))
        {
            var last = act.After.LastOrDefault(
                e => e.Sequence < again.Entry.Sequence && e.Event is ActionFailed or ActionProbed or ActionSucceeded);
            if (last?.Event is not (ActionProbed { Answer: ProbeAnswer.DidNotHappen } or ActionFailed { Kind: FailureKind.Transient }))
                yield return new(
                    FaultKind.Blind,
                    $"action {act.Id} was intended again after "
                        + $"{(last is null ? "nothing was known of it" : EventCodec.NameOf(last.Event))}");
        }
    }

    private static IEnumerable<Fault> InDoubt(ActRecord act)
    {
        var doubt = act.After.FirstOrDefault(e => e.Event is ActionInDoubt d && d.ActionId == act.Id);
        if (act.After.Any(e => e.Event is ActionProbed { Answer: ProbeAnswer.Unknown } p && p.ActionId == act.Id) && doubt is null)
            yield return new(FaultKind.Blind, $"nobody can tell whether action {act.Id} happened, and it is not put down as in doubt");
        if (doubt is null)
            yield break;

        if (!act.After.Any(e => e.Sequence > doubt.Sequence && e.Event is Escalated))
            yield return new(FaultKind.Blind, $"action {act.Id} is in doubt, and its incident did not go to a person");
        if (act.After.Any(e => e.Sequence > doubt.Sequence && e.Event is ActionIntended))
            yield return new(FaultKind.Blind, $"action {act.Id} is in doubt, and something was done after it");
        if (act.Effects.Any(e => e.At > doubt.At))
            yield return new(FaultKind.Blind, $"action {act.Id} is in doubt, and had an effect after that");
    }

    private static IEnumerable<Fault> Claims(ActRecord act, History history)
    {
        var happened = act.After.FirstOrDefault(e => (e.Event is ActionSucceeded s && s.ActionId == act.Id)
            || (e.Event is ActionProbed { Answer: ProbeAnswer.Happened } p && p.ActionId == act.Id));
        if (happened is not null && !act.Effects.Any(e => e.At <= happened.At) && !WasGone(act, history, happened))
            yield return new(FaultKind.Blind, $"the journal says that action {act.Id} happened, and the target counts nothing");

        foreach (var denied in act.After.Where(e => e.Event is ActionProbed { Answer: ProbeAnswer.DidNotHappen } p && p.ActionId == act.Id))
        {
            if (act.Effects.Any(e => e.At <= denied.At))
                yield return new(FaultKind.Blind, $"the journal says that action {act.Id} did not happen, and the target had counted it");
        }
    }

    /// <summary>A pod that is gone for another reason needs no eviction: here only a rollout takes pods away.</summary>
    private static bool WasGone(ActRecord act, History history, Entry happened) =>
        act.Intents[0].Event.Use.EndsWith("-pod", StringComparison.Ordinal)
        && history.Effects.Any(e => e.Act == "patch" && e.Namespace == act.Intents[0].Entry.Resource.Namespace && e.At <= happened.At);
}
