using k8s.Models;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>Whose memory ran out where a container was OOM-killed.</summary>
/// <param name="Of">
/// <c>node</c> where the container has no limit, so that it was its node's; <c>sidecar</c> or <c>limit</c> where it reached its own.
/// </param>
/// <param name="Limit">Of the container, as its pod says it; empty where it has none.</param>
/// <param name="Request">What it asks for; empty where it does not.</param>
internal sealed record OutOfMemory(string Of, string Container, string Limit, string Request)
{
    private const string Memory = "memory";

    /// <returns>Of several the one that was restarted most; null where none was killed for memory.</returns>
    public static OutOfMemory? In(IReadOnlyList<V1Pod> pods) =>
        (from pod in pods
         from status in pod.Containers()
         where status.LastEnd()?.Reason == "OOMKilled"
         orderby status.RestartCount descending
         let resources = (pod.Spec?.Containers ?? []).Concat(pod.Spec?.InitContainers ?? [])
             .FirstOrDefault(c => c.Name == status.Name)?.Resources
         let limit = Quantity(resources?.Limits)
         select new OutOfMemory(
             limit.Length == 0 ? "node" : pod.IsInit(status) && !pod.EndsWhenDone(status) ? "sidecar" : "limit",
             status.Name, limit, Quantity(resources?.Requests))).FirstOrDefault();

    public void Say(Dictionary<string, string> labels)
    {
        foreach (var (label, value) in new[]
                 {
                     ("oom_of", Of), ("oom_container", Container), ("memory_limit", Limit), ("memory_request", Request),
                 })
        {
            if (value.Length > 0)
                labels[label] = value;
        }
    }

    private static string Quantity(IDictionary<string, ResourceQuantity>? resources) =>
        resources is not null && resources.TryGetValue(Memory, out var quantity) ? quantity.ToString() : "";
}
