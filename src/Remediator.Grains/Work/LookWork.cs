using Remediator.Core.Actions;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Worlds;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Work;

/// <summary>
/// Makes the looks of a playbook, all at once, each with its own deadline. What cannot be taken as it came is a failure: it is not known
/// then how things are.
/// </summary>
internal sealed class LookWork(ActionRegistry actions, Bulkheads bulkheads, EngineSettings settings, TimeProvider time)
{
    private const int MostFacts = 200;
    private const int LongestValue = 1000;

    public async Task<Looked> DoAsync(LookAtResource job, CancellationToken stopping)
    {
        var at = time.GetUtcNow();
        return new(job.Playbook, at, await Task.WhenAll(job.Calls.Select(call => LookAsync(job, call, at, stopping))));
    }

    private async Task<LookItem> LookAsync(LookAtResource job, EvidenceCall call, DateTimeOffset at, CancellationToken stopping)
    {
        try
        {
            var look = actions.Get<ILook>(call.Use);
            var request = new ActionRequest
            {
                ActionId = $"{job.Id}/{call.Use}",
                IncidentId = job.IncidentId,
                Resource = job.Resource,
                Input = call.Input,
                Facts = job.Facts,
                NotAfter = at + look.Descriptor.Deadline,
                DurationScale = settings.DurationScale,
            };
            using var within = new Deadline(look.Descriptor.Deadline, time, stopping);
            var facts = await bulkheads.CallAsync(
                $"read/{look.Provider}/{job.Resource.Cluster}", token => look.LookAsync(request, token), within.Token);
            return Fault(look, facts) is { } fault ? LookItem.Failed(call.Use, fault) : LookItem.Saw(call.Use, facts);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            return LookItem.Failed(call.Use, $"{call.Use}: {JobWork.Describe(e)}");
        }
    }

    private static string? Fault(ILook look, IReadOnlyList<Fact> facts) => look.Descriptor.Name switch
    {
        var name when facts.Count > MostFacts => $"{name} saw {facts.Count} facts; at most {MostFacts} can be kept",
        var name when facts.FirstOrDefault(f => !look.Gives.Contains(f.Name)) is { } other =>
            $"{name} told of a {other.Name}, which it does not declare",
        var name when facts.SelectMany(f => f.Labels).FirstOrDefault(l => l.Value.Length > LongestValue).Key is { } label =>
            $"{name} gave more than {LongestValue} characters as '{label}'",
        _ => null,
    };
}
