namespace Remediator.Actions.Aws.AutoScaling;

/// <summary>Where EC2 Auto Scaling is asked, in the order in which the SDK finds the endpoints of its services.</summary>
internal static class AutoScalingEndpoint
{
    /// <param name="setting">Wins over all others; empty for none.</param>
    /// <param name="environment">A variable of the environment; null where it is not set. Those of the SDK are in "Service-specific
    /// endpoints" of its reference guide; its profiles are not read for them.</param>
    public static Uri Of(string region, string setting, Func<string, string?> environment)
    {
        if (setting.Length > 0)
            return new(setting);
        if (!string.Equals(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase))
        {
            foreach (var name in new[] { "AWS_ENDPOINT_URL_AUTO_SCALING", "AWS_ENDPOINT_URL" })
            {
                if (environment(name) is { Length: > 0 } named)
                    return new(named);
            }
        }

        return new($"https://autoscaling.{region}.{Amazon.RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}");
    }
}
