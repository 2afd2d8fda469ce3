using System.Text.RegularExpressions;

namespace Remediator.Actions.Aws.Instances;

/// <summary>
/// <c>aws:///eu-central-1a/i-0123456789abcdef0</c>, as the AWS cloud provider of Kubernetes writes it into <c>spec.providerID</c>.
/// </summary>
/// <param name="Zone">Empty where it is left out.</param>
internal sealed partial record ProviderId(string Zone, string InstanceId)
{
    /// <returns>Null where it is not one of EC2.</returns>
    public static ProviderId? Parse(string? text) =>
        Pattern().Match(text ?? "") is { Success: true } match ? new(match.Groups[1].Value, match.Groups[2].Value) : null;

    [GeneratedRegex("^aws:///([a-z0-9-]*)/(i-(?:[0-9a-f]{8}|[0-9a-f]{17}))\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
