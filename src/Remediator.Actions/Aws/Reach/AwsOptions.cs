using Microsoft.Extensions.Options;

namespace Remediator.Actions.Aws.Reach;

/// <summary>How AWS is reached. Without a region, nothing of AWS is read or changed. Credentials come from the SDK's own chain.</summary>
public sealed class AwsOptions
{
    public const string Section = "Aws";

    /// <summary>Such as <c>eu-central-1</c>.</summary>
    public string Region { get; set; } = "";

    /// <summary>The URL of a VPC endpoint for EC2; empty for the regional one.</summary>
    public string Ec2Endpoint { get; set; } = "";

    /// <summary>The URL of a VPC endpoint for EC2 Auto Scaling; empty for the regional one.</summary>
    public string AutoScalingEndpoint { get; set; } = "";

    /// <summary>The URL of a VPC endpoint for Systems Manager; empty for the regional one.</summary>
    public string SystemsManagerEndpoint { get; set; } = "";

    /// <summary>
    /// The name in the tag <c>kubernetes.io/cluster/NAME</c> of the cluster's instances; empty where it is the name of the resources'
    /// cluster.
    /// </summary>
    public string Cluster { get; set; } = "";
}

internal sealed class AwsOptionsValidator : IValidateOptions<AwsOptions>
{
    public ValidateOptionsResult Validate(string? name, AwsOptions options)
    {
        var faults = new List<string>();
        Check(faults, nameof(options.Ec2Endpoint), options.Ec2Endpoint);
        Check(faults, nameof(options.AutoScalingEndpoint), options.AutoScalingEndpoint);
        Check(faults, nameof(options.SystemsManagerEndpoint), options.SystemsManagerEndpoint);
        if (options.Region.Length == 0
            && options.Ec2Endpoint.Length + options.AutoScalingEndpoint.Length + options.SystemsManagerEndpoint.Length > 0)
            faults.Add("Aws:Region is missing; requests to an endpoint are signed for a region.");
        if (options.Region.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-'))
            faults.Add($"Aws:Region is '{options.Region}'; expected the name of a region such as eu-central-1.");
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    private static void Check(List<string> faults, string name, string url)
    {
        if (url.Length > 0
            && !(Uri.TryCreate(url, UriKind.Absolute, out var uri)
                && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))))
            faults.Add($"Aws:{name} is '{url}'; expected an https URL (http on this machine alone).");
    }
}
