namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>Why an image does not come, for people: whom they have to ask about it.</summary>
internal static class PullWords
{
    /// <param name="found">Labels of the evidence.</param>
    /// <param name="isInvalid">Its name is none.</param>
    /// <param name="told">What the kubelet says; null where it says nothing.</param>
    /// <returns>In words that follow "cannot pull image X: "; null where nothing is known.</returns>
    public static string? Of(IReadOnlyDictionary<string, string> found, bool isInvalid, string? told) =>
        isInvalid ? "its name is not valid"
        : found.GetValueOrDefault("image_not_found") == "true" ? "the registry does not have it"
        : found.GetValueOrDefault("pull_failure") switch
        {
            "platform" => "it is not made for the processor of its node",
            "node" => With("its node cannot keep it, for want of disk space or for a fault of its store", told),
            "rate-limit" => With("the registry allows no more pulls for now", told),
            "credentials" => With(
                "the registry does not let it be pulled; its pull secret is missing, wrong or expired, or there is no such "
                    + "repository", told),
            "unreachable" => With("the registry cannot be reached", told),
            _ => told,
        };

    private static string With(string who, string? told) => told is null ? who : $"{who}: {told}";
}
