using System.Security.Cryptography;
using System.Text;
using Remediator.Crash.Tests.Plans;
using Remediator.Testing.Kubernetes;

namespace Remediator.Crash.Tests.Runs;

/// <param name="EndsAt">Null while it fires.</param>
internal sealed record FiredAlert(string Fingerprint, string Namespace, string Pod, DateTimeOffset StartsAt, DateTimeOffset? EndsAt);

/// <summary>What Prometheus and its rules do: an alert for every pod that crashes, as long as it does.</summary>
internal sealed class AlertSource(FakeCluster cluster, IReadOnlyList<ResourcePlan> resources, TimeProvider time)
{
    /// <summary>How long a flapping alert is silent.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(700);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FiredAlert> _alerts = new(StringComparer.Ordinal);

    /// <summary>Evaluates the rules once.</summary>
    public void Evaluate(TimeSpan now)
    {
        var wall = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var resource in resources.Where(r => now >= r.FiresAt))
        {
            var pods = IsQuiet(resource, now)
                ? []
                : !cluster.Has(resource.Name)
                ? [resource.FirstPod]
                : cluster.CrashingPods(resource.Name);
            lock (_lock)
                Change(resource.Name, pods, wall);
        }
    }

    /// <summary>All alerts that this namespace ever had.</summary>
    public IReadOnlyList<FiredAlert> Of(string space)
    {
        lock (_lock)
            return [.. _alerts.Values.Where(a => a.Namespace == space).OrderBy(a => a.Fingerprint, StringComparer.Ordinal)];
    }

    private void Change(string space, IReadOnlyList<string> pods, DateTimeOffset now)
    {
        foreach (var over in _alerts.Values.Where(a => a.Namespace == space && a.EndsAt is null && !pods.Contains(a.Pod)).ToList())
            _alerts[over.Fingerprint] = over with { EndsAt = now };
        foreach (var pod in pods)
        {
            var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{space}/{pod}")))[..16];
            if (!_alerts.TryGetValue(fingerprint, out var known) || known.EndsAt is not null)
                _alerts[fingerprint] = new(fingerprint, space, pod, now, null);
        }
    }

    private static bool IsQuiet(ResourcePlan resource, TimeSpan now) =>
        resource.Trouble is Trouble.AlertFlaps && now >= resource.At && now < resource.At + Quiet;
}
