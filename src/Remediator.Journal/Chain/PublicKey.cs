using System.Buffers;
using System.Security.Cryptography;

namespace Remediator.Journal.Chain;

/// <summary>What an auditor needs to check checkpoints.</summary>
internal sealed class PublicKey : IDisposable
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private readonly ECDsa _key = ECDsa.Create();

    /// <exception cref="FormatException">The text is no public key in PEM.</exception>
    public PublicKey(string pem)
    {
        try
        {
            _key.ImportFromPem(pem);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            _key.Dispose();
            throw new FormatException($"This is not a public key in PEM ('-----BEGIN PUBLIC KEY-----'): {e.Message}", e);
        }

        Fingerprint = FingerprintOf(_key);
    }

    public string Fingerprint { get; }

    public static string FingerprintOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    public bool Verify(string hash, string signature) =>
        signature.Length == 128
        && !signature.AsSpan().ContainsAnyExcept(LowerHex)
        && _key.VerifyHash(Convert.FromHexString(hash), Convert.FromHexString(signature));

    public void Dispose() => _key.Dispose();
}
