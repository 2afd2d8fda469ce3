using System.Text.Json.Serialization;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>Which of a workload's pods is meant; of several, the one that restarts most.</summary>
public enum PodChoice
{
    /// <summary>A container of it restarted within the last 10 minutes.</summary>
    Crashing,
    /// <summary>A container of it is held back: its image cannot be pulled, its configuration is missing, it is in back-off.</summary>
    Waiting,
    /// <summary>It runs and is not ready.</summary>
    [JsonStringEnumMemberName("not-ready")]
    NotReady,
    /// <summary>Its StatefulSet waits for it for ever: it is broken, and of a revision that the set is no longer to have.</summary>
    Pinning,
    /// <summary>It is short of file descriptors and leaks them, as a look says.</summary>
    Leaking,
}
