using System.ComponentModel.DataAnnotations;

namespace Remediator.Actions.Aws.ReplaceInstance;

public sealed record ReplaceInstanceInput : IValidatableObject
{
    private static readonly TimeSpan Most = TimeSpan.FromHours(6);

    /// <summary>For the launch, the start, the time of being well, and the end of the instance that is replaced.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(45);

    /// <summary>How long the node of the new instance has to be ready before the other one is ended.</summary>
    public TimeSpan WellFor { get; init; } = TimeSpan.FromMinutes(5);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Within <= TimeSpan.Zero || Within > Most ? [new($"'within' is {Within}; expected more than nothing and at most 6h")]
        : WellFor < TimeSpan.FromMinutes(1) || WellFor > Within
            ? [new($"'well-for' is {WellFor}; expected at least 1m, and not more than 'within'")]
        : [];
}
