using System.Globalization;
using System.Text;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Language;
using Remediator.Core.Resources;
using k8s.Models;

namespace Remediator.Actions.Kubernetes.Events;

/// <summary>Keeps the events of a resource and of its pods, and reads from them why the pods fail.</summary>
internal sealed class EventsAction(ClusterApi api, WorkloadReader workloads) : IReadAction
{
    private const int Most = 60;
    private const int CharactersOfOne = 500;

    private readonly ResourceEvents _events = new(api);

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "kubernetes.events",
        Class = ActionClass.Read,
        Input = typeof(EventsInput),
        Summary = "Records the newest events of the resource and of its pods.",
        Kinds = ResourceKinds.WithPods,
        Permissions = EventsPermissions.All,
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var now = api.Time.GetUtcNow();
        var events = await _events.ReadAsync(request, cancellationToken);
        var pods = (await workloads.PodsAsync(request.Resource, request.NotAfter, cancellationToken))
            .Where(p => !p.IsTerminating())
            .ToList();
        var finding = PodFinding.Of(WorstContainers.Of(pods, now.UtcDateTime, request.CrashWindow())) with
        {
            Further = Diagnosis.Of(pods, events, request.Facts, now.UtcDateTime),
        };
        return finding.ToEvidence("Events", Text(events), now);
    }

    private static string Text(IReadOnlyList<Corev1Event> events)
    {
        if (events.Count == 0)
            return "No events.\n";

        var text = new StringBuilder();
        if (events.Count > Most)
            text.Append('(').Append(Plural.Of(events.Count - Most, "older event")).Append(' ')
                .Append(Plural.Are(events.Count - Most)).Append(" left out)\n");
        foreach (var e in events.TakeLast(Most))
        {
            var times = ResourceEvents.Count(e) > 1
                ? string.Create(CultureInfo.InvariantCulture, $" ({ResourceEvents.Count(e)} times)")
                : "";
            text.Append(
                CultureInfo.InvariantCulture,
                $"{ResourceEvents.At(e):yyyy-MM-ddTHH:mm:ssZ} {e.Type} {e.InvolvedObject.Kind.ToLowerInvariant()}/{e.InvolvedObject.Name} ")
                .Append(e.Reason).Append(": ").Append(EvidenceText.OneLine(e.Message, CharactersOfOne)).Append(times).Append('\n');
        }

        return text.ToString();
    }
}
