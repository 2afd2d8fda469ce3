using System.Text.Json.Nodes;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.RaiseMemoryLimit;
using Remediator.Actions.Kubernetes.Revisions;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Language;
using Remediator.Core.Resources;
using k8s.Models;
using Remediator.Core.Facts;

namespace Remediator.Actions.Kubernetes.RolloutUndo;

/// <summary>What speaks against going back, seen on the live objects: that it changes nothing, cannot help, or does harm.</summary>
internal static class UndoObjections
{
    /// <param name="pods">Of the workload, of all revisions.</param>
    /// <returns>In words that follow the name of the workload; null where nothing speaks against it.</returns>
    public static string? First(
        LiveWorkload workload, WorkloadRevision present, WorkloadRevision good, IReadOnlyList<V1Pod> pods, DateTime now, TimeSpan window)
    {
        var newest = pods.Where(p => !p.IsTerminating() && !p.IsOver() && RevisionReader.HashOf(p) == present.Hash).ToList();
        return SameTemplate(present, good)
            ?? Raised(workload, present, good)
            ?? Serving(newest, present, now, window)
            ?? Missing(newest, present, good)
            ?? Injected(newest, present, now, window)
            ?? ChangedOnTheWay.Of(newest, [.. pods.Where(p => Serves(p, present))], present, good, now, window)
            ?? Migrated(workload, newest, present, good);
    }

    private static string? SameTemplate(WorkloadRevision present, WorkloadRevision good)
    {
        var differences = TemplateDifference.Fields(present.Template, good.Template);
        return differences.Count == 0
            ? $"has the same template in {present.Display} and in {good.Display}"
            : differences.All(TemplateDifference.IsMarker)
                ? $"differs between {present.Display} and {good.Display} in {string.Join(", ", differences.Take(5))} alone: going back "
                    + "would replace every pod and change nothing that they run"
                : null;
    }

    /// <summary>What Remediator itself has changed is no release: where it did not help, the step that changed it takes it back.</summary>
    private static string? Raised(LiveWorkload workload, WorkloadRevision present, WorkloadRevision good)
    {
        var raises = MemoryRaiseRecord.InForce(workload.Annotations.GetValueOrDefault(Marks.MemoryLimitRaised))
            .Where(r => MemoryRaise.Find(present.Template, r.Container)?.Limit == r.To)
            .ToDictionary(r => $"spec.template.spec.containers[{r.Container}].resources.limits.memory");
        var differences = TemplateDifference.Fields(present.Template, good.Template).Where(f => !TemplateDifference.IsMarker(f)).ToList();
        return differences.TrueForAll(raises.ContainsKey)
            ? $"differs between {present.Display} and {good.Display} in the memory limit alone, which Remediator has raised to "
                + $"{string.Join(" and ", differences.Select(d => raises[d].To).Distinct())}: no release is behind it"
            : null;
    }

    private static string? Serving(List<V1Pod> newest, WorkloadRevision present, DateTime now, TimeSpan window)
    {
        // one that crashes at once is ready for a moment each time
        var since = now - (window / 10);
        var serve = newest.Count(p => p.IsReadySince(since) && !p.HasEndedSince(now - window));
        return serve * 2 > newest.Count
            ? $"has {serve} of {Plural.Of(newest.Count, "pod")} of {present.Display} that {(serve == 1 ? "serves" : "serve")}: "
                + "the revision is not at fault"
            : null;
    }

    private static string? Missing(List<V1Pod> newest, WorkloadRevision present, WorkloadRevision good)
    {
        var missing = newest.SelectMany(p => p.Containers())
            .Select(c => MissingObjects.In(c.State?.Waiting?.Message ?? ""))
            .FirstOrDefault(m => m.Length > 0);
        return missing is null ? null
            : TemplateReferences.Has(good.Template, missing) ? $"needs {missing}, which is missing, in {good.Display} as well"
            : !TemplateReferences.Has(present.Template, missing)
                ? $"does not name {missing}, which is missing, in its template: it was injected"
            : null;
    }

    private static string? Injected(List<V1Pod> newest, WorkloadRevision present, DateTime now, TimeSpan window)
    {
        var template = Names(present.Template, "containers").Concat(Names(present.Template, "initContainers")).ToHashSet();
        var sick = newest.SelectMany(p => p.Containers().Where(c => c.IsCrashing(p, now, window) || c.Waiting().Length > 0)).ToList();
        return template.Count > 0 && sick.Count > 0 && sick.TrueForAll(c => !template.Contains(c.Name))
            ? $"has no container {sick[0].Name} in its template: it was injected, and going back would inject it again"
            : null;
    }

    /// <summary>
    /// What an init container has done, such as a migration of data, does not go back with the template. One that is a migration may have
    /// done half of it before it failed, wherever it runs.
    /// </summary>
    private static string? Migrated(LiveWorkload workload, List<V1Pod> newest, WorkloadRevision present, WorkloadRevision good)
    {
        if (Marks.IsUndoSafe(workload.Annotations) || Marks.IsUndoSafe(workload.TemplateAnnotations))
            return null;

        var init = Changed(present, good, "initContainers").Where(c => c["restartPolicy"]?.ToString() != "Always").ToList();
        var done = newest.SelectMany(p => p.Status?.InitContainerStatuses ?? [])
            .FirstOrDefault(c => c.State?.Terminated is { ExitCode: 0 } && init.Exists(i => NameOf(i) == c.Name));
        if (done is not null)
            return $"has a new init container {done.Name} that has completed, and what it did is not taken back with it: {Annotate}";

        var migrations = init.Where(c => IsMigration(c, "name", "image", "command", "args"))
            .Concat(Changed(present, good, "containers").Where(c => IsMigration(c, "command", "args")))
            .Select(NameOf)
            .ToHashSet(StringComparer.Ordinal);
        var begun = newest.SelectMany(p => p.Containers()).FirstOrDefault(c => migrations.Contains(c.Name) && HasBegun(c));
        return begun is null
            ? null
            : $"has a new container {begun.Name} that is a migration by its name, image or command and has begun, and what it did so far "
                + $"is not taken back with it: {Annotate}";
    }

    private static string Annotate => $"annotate {Marks.Undo}: safe where going back is safe all the same";

    private static bool HasBegun(V1ContainerStatus container) =>
        container.RestartCount > 0 || container.State?.Running is not null || container.LastEnd() is not null;

    private static bool IsMigration(JsonObject container, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            var text = container[field] is JsonArray words ? string.Join(' ', words.Select(w => w?.ToString())) : $"{container[field]}";
            if (Migrations.IsNamedLikeOne(text))
                return true;
        }

        return false;
    }

    /// <summary>Those of a list that the revision to go back to does not have exactly so.</summary>
    private static IEnumerable<JsonObject> Changed(WorkloadRevision present, WorkloadRevision good, string list)
    {
        var before = (good.Template["spec"]?[list] as JsonArray ?? []).ToList();
        return (present.Template["spec"]?[list] as JsonArray ?? []).OfType<JsonObject>()
            .Where(c => !before.Exists(o => JsonNode.DeepEquals(o, c)));
    }

    private static string NameOf(JsonObject container) => container["name"]?.ToString() ?? "";

    private static bool Serves(V1Pod pod, WorkloadRevision present) =>
        pod.IsReady() && !pod.IsTerminating() && RevisionReader.HashOf(pod) != present.Hash;

    private static IEnumerable<string> Names(JsonObject template, string list) =>
        (template["spec"]?[list] as JsonArray ?? []).Select(c => c?["name"]?.ToString() ?? "");
}
