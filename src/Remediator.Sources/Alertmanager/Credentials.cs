using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Remediator.Sources.Alertmanager;

/// <summary>Who may deliver alerts. Hashes of equal length are compared, in a time that tells nothing of where they differ.</summary>
internal sealed class Credentials
{
    private readonly List<byte[]> _accepted = [];

    public Credentials(IOptions<AlertmanagerSourceOptions> options)
    {
        if (options.Value.BearerTokenFile is { } token)
            _accepted.Add(Hash("Bearer " + SecretFile.Read(token)));
        if (options.Value is { Username: { } user, PasswordFile: { } password })
            _accepted.Add(Hash("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{SecretFile.Read(password)}"))));
    }

    public bool Accept(string? authorization)
    {
        Span<byte> presented = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(authorization ?? "")), presented);
        var accepted = false;
        foreach (var hash in _accepted)
            accepted |= CryptographicOperations.FixedTimeEquals(presented, hash);

        return accepted;
    }

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
