using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Remediator.Testing;

/// <summary>A certificate authority that lives as long as a test.</summary>
public sealed class TestAuthority
{
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddHours(-1);

    private readonly X509Certificate2 _ca;

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _ca = request.CreateSelfSigned(From, From.AddDays(2));
    }

    /// <summary>Writes FILE.crt, FILE.key and FILE.ca.crt.</summary>
    /// <param name="name">DNS name or IP address.</param>
    /// <param name="uses">Null for server and client authentication.</param>
    public void Issue(string folder, string file, string name, TimeSpan? life = null, IReadOnlyList<string>? uses = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=issued", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else if (name.Length > 0)
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [.. (uses ?? ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]).Select(u => new Oid(u))], critical: false));
        using var issued = request.Create(_ca, From, From + (life ?? TimeSpan.FromDays(1)), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(folder, $"{file}.crt"), issued.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, $"{file}.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, $"{file}.ca.crt"), _ca.ExportCertificatePem());
    }
}
