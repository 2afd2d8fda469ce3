using Amazon.Runtime;
using Amazon.Runtime.Identity;

namespace Remediator.Actions.Aws.Reach;

/// <summary>
/// Those that the chain has found, for all clients; they renew themselves before they expire. Where there are none yet, the chain is asked
/// again at the next call.
/// </summary>
internal sealed class FoundCredentials(IIdentityResolver<AWSCredentials> chain, IClientConfig config) : AWSCredentials
{
    private AWSCredentials? _found;

    public override ImmutableCredentials GetCredentials() => (_found ??= chain.ResolveIdentity(config)).GetCredentials();

    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        _found ??= await chain.ResolveIdentityAsync(config);
        return await _found.GetCredentialsAsync();
    }
}
