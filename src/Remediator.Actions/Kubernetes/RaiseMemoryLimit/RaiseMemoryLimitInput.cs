using System.ComponentModel.DataAnnotations;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.RaiseMemoryLimit;

public sealed record RaiseMemoryLimitInput : IValidatableObject
{
    private static readonly Percent Most = new(25);

    public Percent By { get; init; } = Most;

    /// <summary>Never above this; the workload's annotation holds too.</summary>
    public Quantity? Ceiling { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        By.Value is > 0 && By.Value <= Most.Value
            ? []
            : [new($"'by' is {By}; expected more than 0% and at most {Most}: a limit is raised carefully, and once")];
}
