using System.Security.Cryptography;
using System.Text;
using Remediator.Core.Commands;
using Remediator.Core.Secrets;
using Remediator.Server.Settings;

namespace Remediator.Server.Access;

/// <summary>
/// The credential that needs no store and no cluster: the file with the operator's token, which makes its holder an admin.
/// </summary>
internal sealed class TokenFileCredential(DataFolder folder, ISecrets secrets) : ICredential
{
    public Task<Authentication?> AuthenticateAsync(string token, CancellationToken cancellationToken)
    {
        var presented = Hash(token);
        var accepted = false;
        foreach (var line in Tokens())
            accepted |= CryptographicOperations.FixedTimeEquals(presented, Hash(line));
        return Task.FromResult(accepted ? Authentication.Of(Caller.WithRole(Person.TokenFile, Role.Admin)) : null);
    }

    /// <summary>None where the file cannot be used: then it lets nobody in, and is in no other caller's way.</summary>
    private string[] Tokens()
    {
        try
        {
            return secrets.Read(folder.OperatorToken, TokenFile.LeastLength)
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
