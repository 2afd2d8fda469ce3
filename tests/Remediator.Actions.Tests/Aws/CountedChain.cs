using Amazon.Runtime;
using Amazon.Runtime.Identity;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

/// <summary>A chain that counts how often it is walked, and ends without any credentials at first.</summary>
internal sealed class CountedChain(string token) : IIdentityResolver<AWSCredentials>
{
    public bool HasAny { get; set; }

    public int Asked { get; private set; }

    public Renewing Found { get; } = new(token);

    public AWSCredentials ResolveIdentity(IClientConfig clientConfig)
    {
        Asked++;
        return HasAny ? Found : throw new AmazonClientException("there are none");
    }

    public Task<AWSCredentials> ResolveIdentityAsync(IClientConfig clientConfig, CancellationToken cancellationToken = default) =>
        Task.FromResult(ResolveIdentity(clientConfig));

    BaseIdentity IIdentityResolver.ResolveIdentity(IClientConfig clientConfig) => ResolveIdentity(clientConfig);

    async Task<BaseIdentity> IIdentityResolver.ResolveIdentityAsync(IClientConfig clientConfig, CancellationToken cancellationToken) =>
        await ResolveIdentityAsync(clientConfig, cancellationToken);

    /// <summary>As those of a role, which the SDK renews.</summary>
    internal sealed class Renewing(string token) : RefreshingAWSCredentials
    {
        public int Renewed { get; private set; }

        public void Expire() => ClearCredentials();

        protected override CredentialsRefreshState GenerateNewCredentials()
        {
            Renewed++;
            return new(new(AwsEndpoint.AccessKey, AwsEndpoint.Secret, token), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1));
        }
    }
}
