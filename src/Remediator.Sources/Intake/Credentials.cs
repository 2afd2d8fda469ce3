using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Remediator.Core.Secrets;

namespace Remediator.Sources.Intake;

/// <summary>
/// Who may deliver alerts. Hashes of equal length are compared, in a time that tells nothing of where they differ. A file with several
/// lines has a secret on each, so that one is replaced without a delivery being refused.
/// </summary>
internal sealed class Credentials(IOptions<IntakeOptions> options, ISecrets secrets)
{
    private readonly IntakeOptions _options = options.Value;

    public bool Accept(string? authorization)
    {
        var presented = Hash(Canonical(authorization ?? ""));
        var accepted = false;
        foreach (var expected in Expected())
            accepted |= CryptographicOperations.FixedTimeEquals(presented, Hash(expected));

        return accepted;
    }

    private IEnumerable<string> Expected()
    {
        foreach (var token in Lines(_options.BearerTokenFile))
            yield return $"Bearer {token}";
        foreach (var password in Lines(_options.PasswordFile))
            yield return $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.Username}:{password}"))}";
    }

    private string[] Lines(string? file) =>
        file is null
            ? []
            : secrets.Read(file, CredentialFile.ShortestSecret).Split(
                '\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The scheme's name may be written in any case (RFC 9110, 11.1); the rest may not.</summary>
    private static string Canonical(string authorization)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["Bearer ", "Basic "])
        {
            if (authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                return string.Concat(scheme, authorization.AsSpan(scheme.Length).Trim());
        }

        return authorization;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
