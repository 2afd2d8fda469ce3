using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using Remediator.Server.Settings;

namespace Remediator.Server.Silo;

/// <summary>
/// How replicas know each other: each shows a certificate of one CA for one DNS name, the same for all of them, since their addresses are
/// known only when they run. The files are read again when they change.
/// </summary>
internal sealed class SiloCertificates(SiloOptions options)
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    // where they cannot be read yet, the check of settings says why before the silo starts
    private volatile Material? _current = Fault(options) is null ? Material.Read(options) : null;

    /// <returns>Why the files cannot be used; null when they can.</returns>
    public static string? Fault(SiloOptions options)
    {
        try
        {
            using var material = Material.Read(options);
            return material.Fault() is { } fault ? $"Silo:CertificateFile '{options.CertificateFile}': {fault}" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return $"Silo:CertificateFile, Silo:KeyFile or Silo:CaFile cannot be used: {e.Message}";
        }
    }

    /// <returns>True where other files are in use from now on.</returns>
    /// <exception cref="CryptographicException">They cannot be used; those before stay in use.</exception>
    public bool Reload()
    {
        if (Fault(options) is { } fault)
            throw new CryptographicException(fault);
        if (Material.Read(options) is var read && read.Text == _current?.Text)
            return false;

        // those before are still shown by connections that begin now, so they are left to the collector
        _current = read;
        return true;
    }

    public void Configure(TlsOptions tls)
    {
        // Orleans only looks at this one's uses, and shows those that are selected
        tls.LocalCertificate = Current.Own;
        tls.LocalServerCertificateSelector = (_, _) => Current.Own;
        tls.LocalClientCertificateSelector = (_, _, _, _, _) => Current.Own;
        tls.RemoteCertificateMode = tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (certificate, _, _) => Current.Accepts(certificate);
        tls.OnAuthenticateAsClient = (_, authentication) => authentication.TargetHost = Current.Name;
    }

    /// <summary>A certificate that is never written anywhere: nobody else on this machine can talk to the silo.</summary>
    public static void OfThisProcessAlone(TlsOptions tls)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=remediator-silo", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        var own = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(50));
        tls.LocalCertificate = own;
        tls.LocalClientCertificateSelector = (_, _, _, _, _) => own;
        tls.RemoteCertificateMode = tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (certificate, _, _) => certificate.RawDataMemory.Span.SequenceEqual(own.RawDataMemory.Span);
        tls.OnAuthenticateAsClient = (_, authentication) => authentication.TargetHost = "remediator-silo";
    }

    private Material Current => _current ?? throw new CryptographicException("The silo has no certificate.");

    private sealed record Material(string Text, X509Certificate2 Own, X509Certificate2Collection Issuers) : IDisposable
    {
        public string Name { get; } = Own.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames())
            .FirstOrDefault("");

        public static Material Read(SiloOptions options)
        {
            var (certificate, key, issuers) =
                (File.ReadAllText(options.CertificateFile), File.ReadAllText(options.KeyFile), File.ReadAllText(options.CaFile));
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(issuers);
            return new($"{certificate}\n{key}\n{issuers}", X509Certificate2.CreateFromPem(certificate, key), authorities);
        }

        public string? Fault() => (Name, Issuers.Count) switch
        {
            ("", _) => "it has no DNS name; all replicas carry the same one, such as remediator-silo.",
            (_, 0) => "Silo:CaFile has no certificate.",
            _ when !Accepts(Own) => "it would not be accepted by others with the same files: it is not issued by a "
                + "certificate of Silo:CaFile, has expired, or is not for both server and client authentication.",
            _ => null,
        };

        public bool Accepts(X509Certificate2 certificate)
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            // a stranger's certificate names addresses to ask for its issuer
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            foreach (var issuer in Issuers)
                (issuer.SubjectName.RawData.AsSpan().SequenceEqual(issuer.IssuerName.RawData)
                    ? chain.ChainPolicy.CustomTrustStore
                    : chain.ChainPolicy.ExtraStore)
                    .Add(issuer);
            return certificate.MatchesHostname(Name, allowWildcards: false, allowCommonName: false)
                && chain.Build(certificate)
                && MayBoth(certificate);
        }

        public void Dispose()
        {
            Own.Dispose();
            foreach (var issuer in Issuers)
                issuer.Dispose();
        }

        /// <summary>Each replica calls the others and is called by them.</summary>
        private static bool MayBoth(X509Certificate2 certificate) =>
            certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is not { } uses
            || (uses.EnhancedKeyUsages[ServerUse] is not null && uses.EnhancedKeyUsages[ClientUse] is not null);
    }
}
