using Amazon.EC2;

namespace Remediator.Actions.Aws.AutoScaling;

/// <summary>
/// That of the SDK, under the name that the service has there: so the variables and profiles that name its endpoint are those of the SDK
/// (<c>AWS_ENDPOINT_URL_AUTO_SCALING</c>, <c>AWS_ENDPOINT_URL</c>).
/// </summary>
internal sealed class AutoScalingConfig : AmazonEC2Config
{
    public AutoScalingConfig() => AuthenticationServiceName = "autoscaling";

    public override string ServiceId => "Auto Scaling";

    public Uri Endpoint => new(
        ServiceURL is { Length: > 0 } url ? url : $"https://autoscaling.{RegionEndpoint.SystemName}.{RegionEndpoint.PartitionDnsSuffix}");
}
