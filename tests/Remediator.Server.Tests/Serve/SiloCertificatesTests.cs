using Remediator.Server.Settings;
using Remediator.Server.Silo;
using Remediator.Testing;

namespace Remediator.Server.Tests.Serve;

public sealed class SiloCertificatesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new("the CA of the replicas");

    private SiloOptions Options =>
        new() {
            Address = "192.0.2.1",
            CertificateFile = _folder.File("silo.crt"),
            KeyFile = _folder.File("silo.key"),
            CaFile = _folder.File("silo.ca.crt") };

    [Fact]
    public async Task Address_ThatOthersReach_WithoutCertificates_StopsTheStart()
    {
        var result = await RemediatorProgram.RunAsync(
            ["serve", "--data", "data", "--listen", "http://127.0.0.1:0", "--set", "Silo:Address=192.0.2.1"],
            _folder.Path,
            TestContext.Current.CancellationToken);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(
            "Silo:Address 192.0.2.1 can be reached from other machines, and whoever can reach the silo's port controls the "
                + "engine: set Silo:CertificateFile, Silo:KeyFile and Silo:CaFile, so that only replicas with a "
                + "certificate of that CA join.",
            result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.2", true)]
    [InlineData("::1", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("::ffff:192.0.2.1", false)]
    public void Loopback_NeedsNone(string address, bool well) =>
        Assert.Equal(well, new SiloOptionsValidator().Validate(null, new() { Address = address }).Succeeded);

    [Fact]
    public void Certificate_OfTheCaForTheName_IsGood_AndIsReadAgain()
    {
        _authority.Issue(_folder.Path, "silo", "remediator-silo");
        Assert.Null(SiloCertificates.Fault(Options));
        var certificates = new SiloCertificates(Options);
        Assert.False(certificates.Reload());

        _authority.Issue(_folder.Path, "silo", "remediator-silo");
        Assert.True(certificates.Reload());
        File.WriteAllText(Options.KeyFile, "half");
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => certificates.Reload());
    }

    [Theory]
    [InlineData("", 24, "it has no DNS name")]
    [InlineData("remediator-silo", -0.5, "it would not be accepted by others")]
    [InlineData("remediator-silo", 24, "it would not be accepted by others", "1.3.6.1.5.5.7.3.1")]
    public void Certificate_ThatOthersWouldRefuse_StopsTheStart(string name, double hours, string fault, params string[] uses)
    {
        _authority.Issue(_folder.Path, "silo", name, TimeSpan.FromHours(hours + 1), uses.Length == 0 ? null : uses);
        Assert.Contains(fault, SiloCertificates.Fault(Options), StringComparison.Ordinal);
    }

    [Fact]
    public void Certificate_OfAnotherCa_StopsTheStart()
    {
        new TestAuthority("another").Issue(_folder.Path, "silo", "remediator-silo");
        _authority.Issue(_folder.Path, "x", "x");
        File.Copy(_folder.File("x.ca.crt"), Options.CaFile, overwrite: true);
        Assert.Contains("it would not be accepted by others", SiloCertificates.Fault(Options), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
