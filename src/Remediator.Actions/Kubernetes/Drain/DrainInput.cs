using System.ComponentModel.DataAnnotations;

namespace Remediator.Actions.Kubernetes.Drain;

public sealed record DrainInput : IValidatableObject
{
    private static readonly TimeSpan Most = TimeSpan.FromHours(6);

    /// <summary>Then it has ended: what is still there is named, and the node takes pods again.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// How long, once its pods are gone, their volumes are waited for. Kubernetes itself takes six minutes to take one from a node whose
    /// kubelet is silent.
    /// </summary>
    public TimeSpan VolumesWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What becomes of pods whose emptyDir volumes would be lost.</summary>
    public DrainChoice EmptyDir { get; init; } = DrainChoice.Refuse;

    /// <summary>What becomes of pods that no controller makes anew.</summary>
    public DrainChoice Unmanaged { get; init; } = DrainChoice.Refuse;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Within <= TimeSpan.Zero || Within > Most ? [new($"'within' is {Within}; expected more than nothing and at most 6h")]
        : VolumesWithin < TimeSpan.Zero || VolumesWithin > Most ? [new($"'volumes-within' is {VolumesWithin}; expected at most 6h")]
        : [];
}

public enum DrainChoice
{
    /// <summary>The node is not drained as long as there is one.</summary>
    Refuse,
    Evict,
}
