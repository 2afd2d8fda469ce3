using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Remediator.Core.Language;
using Remediator.Core.Tokens;

namespace Remediator.Server.Access;

/// <summary>
/// Tokens that <c>remediator token create</c> has made: 256 random bits behind a mark by which programs find tokens that leak.
/// </summary>
internal sealed class NamedTokenCredential(ITokens tokens, TimeProvider time) : ICredential
{
    private const string Mark = "rmd_";
    private const int Bytes = 32;
    private const int IdLength = 8;

    public static (string Token, string Id, string Hash) New()
    {
        var token = Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        var hash = Hash(token);
        return (token, hash[..IdLength], hash);
    }

    public async Task<Authentication?> AuthenticateAsync(string token, CancellationToken cancellationToken)
    {
        if (!token.StartsWith(Mark, StringComparison.Ordinal))
            return null;

        var hash = Hash(token);
        return await tokens.ReadAsync().WaitAsync(cancellationToken) switch
        {
            { Problem: { } problem } =>
                Authentication.Refused(StatusCodes.Status503ServiceUnavailable, $"The valid tokens cannot be read now: {problem}"),
            // a hash tells nothing of the token, so it may be compared as any text
            var read => read.Tokens.FirstOrDefault(t => t.Hash == hash && t.ExpiresAt > time.GetUtcNow()) is { } known
                && Word.TryParse<Role>(known.Role, out var role)
                ? Authentication.Of(Caller.WithRole(known.Name, role))
                : null,
        };
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
