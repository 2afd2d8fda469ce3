using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.Identity;
using Microsoft.Extensions.Options;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Policies;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

/// <summary>The two services of AWS in this process, and what reaches them with temporary credentials of the environment.</summary>
internal sealed class AwsFixture : IAsyncDisposable
{
    private const string Token = "token/of+a=session";

    static AwsFixture()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", AwsEndpoint.AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", AwsEndpoint.Secret);
        Environment.SetEnvironmentVariable("AWS_SESSION_TOKEN", Token);
    }

    private AwsFixture(AwsEndpoint endpoint) => (Endpoint, Api) = (endpoint, ApiAt(endpoint.Url));

    public AwsEndpoint Endpoint { get; }

    public AwsModel Model => Endpoint.Model;

    public AwsApi Api { get; }

    /// <summary>Of the group of the node.</summary>
    public ManagedGroup Policy { get; set; } = new() { Name = "workers", MayReplace = true };

    public static async Task<AwsFixture> StartAsync()
    {
        var endpoint = await AwsEndpoint.StartAsync();
        endpoint.Token = Token;
        return new(endpoint);
    }

    /// <param name="chain">Of the environment where it is left out.</param>
    public static AwsApi ApiAt(string url, IIdentityResolver<AWSCredentials>? chain = null) => new(Options.Create(new AwsOptions
    {
        Region = AwsEndpoint.Region, Ec2Endpoint = url, AutoScalingEndpoint = url,
    }), TimeProvider.System) { Timeout = TimeSpan.FromMinutes(1), Chain = chain ?? new DefaultAWSCredentialsIdentityResolver() };

    public InstanceReader Reader(ClusterApi cluster) => new(cluster, Api, () => [Policy]);

    public ValueTask DisposeAsync() => Endpoint.DisposeAsync();
}
