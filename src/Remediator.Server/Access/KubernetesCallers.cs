using System.Security.Cryptography;
using System.Text;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Remediator.Core.Actions;
using Remediator.Server.Settings;

namespace Remediator.Server.Access;

/// <summary>
/// Callers with a token of the cluster. Its API server says who they are (TokenReview) and its RBAC what they may do (SubjectAccessReview
/// of the right as the verb, on <c>incidents.remediator.io</c> in a namespace). Where there is no answer, the answer is no.
/// </summary>
internal sealed class KubernetesCallers(IOptions<AccessOptions> options, IServiceProvider services) : ICredential, IDisposable
{
    private const string Group = "remediator.io";
    private const string Resource = "incidents";
    private const int LongestName = 256;

    /// <summary>How long what was taken away in the cluster may still be used here.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(10);

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = 2000 });
    private readonly ApiQuestions _api = new();

    /// <summary>What the server needs for it, in a role of its own: it lets nothing in the cluster be read or changed.</summary>
    public static IReadOnlyList<KubernetesPermission> Permissions { get; } =
        [new("authentication.k8s.io", "tokenreviews", "create"), new("authorization.k8s.io", "subjectaccessreviews", "create")];

    public async Task<Authentication?> AuthenticateAsync(string token, CancellationToken cancellationToken)
    {
        if (!options.Value.Kubernetes || !IsOfACluster(token))
            return null;

        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        try
        {
            return await RememberAsync(
                key,
                async () => Read(
                    await _api.AskAsync(services.GetService<IKubernetes>(), (api, ct) => ReviewAsync(api, token, ct), cancellationToken),
                    key));
        }
        catch (NoAnswerException e)
        {
            return Authentication.Refused(
                StatusCodes.Status503ServiceUnavailable, $"The token's owner cannot be determined now: {e.Message}.");
        }
    }

    /// <param name="space">Empty for all namespaces and what belongs to none.</param>
    /// <returns>Null where they have the right.</returns>
    public async Task<Refusal?> RefusalAsync(KubernetesUser user, string right, string space, CancellationToken cancellationToken)
    {
        try
        {
            var may = await RememberAsync(
                $"{user.Key} {right} {space}",
                async () => await _api.AskAsync(
                    services.GetService<IKubernetes>(), (api, ct) => ReviewAsync(api, user.Info, right, space, ct), cancellationToken));
            var where = space.Length == 0 ? "in all namespaces" : $"in namespace {space}";
            return may
                ? null
                : new(
                    StatusCodes.Status403Forbidden,
                    $"{user.Name} may not {right} {where}: the cluster's RBAC does not allow the verb {right} on "
                        + $"{Resource}.{Group} there.");
        }
        catch (NoAnswerException e)
        {
            return new(StatusCodes.Status503ServiceUnavailable, $"Whether {user.Name} may {right} cannot be determined now: {e.Message}.");
        }
    }

    public void Dispose()
    {
        _known.Dispose();
        _api.Dispose();
    }

    /// <summary>A JWT, as those of ServiceAccounts and OIDC are, or one of EKS; nothing else is worth a question.</summary>
    private static bool IsOfACluster(string token) =>
        token.StartsWith("k8s-aws-v1.", StringComparison.Ordinal) || token.Count(c => c == '.') == 2;

    private Task<V1TokenReview> ReviewAsync(IKubernetes api, string token, CancellationToken cancellationToken) =>
        api.AuthenticationV1.CreateTokenReviewAsync(
        new() {
            ApiVersion = "authentication.k8s.io/v1",
            Kind = V1TokenReview.KubeKind,
            Spec = new() { Token = token, Audiences = [options.Value.KubernetesAudience] } },
        cancellationToken: cancellationToken);

    private static async Task<bool> ReviewAsync(
        IKubernetes api, V1UserInfo user, string right, string space, CancellationToken cancellationToken)
    {
        var review = await api.AuthorizationV1.CreateSubjectAccessReviewAsync(
            new()
            {
                ApiVersion = "authorization.k8s.io/v1",
                Kind = V1SubjectAccessReview.KubeKind,
                Spec = new()
                {
                    User = user.Username,
                    Uid = user.Uid,
                    Groups = user.Groups,
                    Extra = user.Extra,
                    ResourceAttributes = new() { Group = Group, Resource = Resource, Verb = right, NamespaceProperty = space },
                },
            }, cancellationToken: cancellationToken);
        return review.Status is { Allowed: true } and not { Denied: true };
    }

    private Authentication? Read(V1TokenReview review, string key) => review.Status switch
    {
        { Authenticated: true, User.Username: { Length: > 0 and <= LongestName } name } status when !name.Any(char.IsControl) =>
            // an authenticator that knows no audiences names none
            status.Audiences?.Contains(options.Value.KubernetesAudience) is true
                ? Authentication.Of(new KubernetesUser(status.User, key).ToPrincipal())
                : Authentication.Refused(
                    StatusCodes.Status401Unauthorized,
                    $"The token is not for the audience {options.Value.KubernetesAudience}: kubectl create token NAME "
                        + $"--audience {options.Value.KubernetesAudience}"),
        _ => Authentication.Refused(
            StatusCodes.Status401Unauthorized,
            $"The cluster does not accept the token for the audience {options.Value.KubernetesAudience}: it has expired, or "
                + $"is for another one."),
    };

    private async Task<T> RememberAsync<T>(string key, Func<Task<T>> ask)
    {
        if (_known.TryGetValue<T>(key, out var known))
            return known!;

        var answer = await ask();
        return _known.Set(key, answer, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = GoodFor });
    }
}
