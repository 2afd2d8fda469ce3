using Npgsql;
using Remediator.Testing;

namespace Remediator.Replicas.Tests;

/// <summary>A PostgreSQL with a certificate, as RDS has it: of a CA that this machine does not know.</summary>
[Trait("Needs", "Postgres")]
public sealed class DatabaseCertificateTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("remediator-certificate-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_TrustsTheDatabaseByTheCaOfItsSetting_AndNoOther()
    {
        var authority = new TestAuthority("the CA of the database");
        authority.Issue(_folder.FullName, "right", "x");
        new TestAuthority("another CA").Issue(_folder.FullName, "other", "x");
        await using var postgres = await PostgresServer.StartAsync();
        await postgres.UseTlsAsync(authority);
        var admin = new NpgsqlConnectionStringBuilder(postgres.Admin);
        await File.WriteAllTextAsync(In("password"), admin.Password, Token);
        admin.Password = null;

        await using (var server = await StartAsync(admin.ConnectionString + ";SSL Mode=VerifyFull", "right.ca.crt"))
            Assert.Null(server.ExitCode);

        Assert.Contains(
            "shows a certificate that is not trusted", await RefusalAsync(admin.ConnectionString + ";SSL Mode=VerifyFull", "other.ca.crt"),
            StringComparison.Ordinal);
        Assert.Contains(
            "shows a certificate that is not trusted", await RefusalAsync(admin.ConnectionString + ";SSL Mode=VerifyFull", null),
            StringComparison.Ordinal);
        Assert.Contains(
            "shows a certificate that is not trusted",
            await RefusalAsync(
                new NpgsqlConnectionStringBuilder(admin.ConnectionString)
                    { Host = "localhost", SslMode = SslMode.VerifyFull }.ConnectionString,
                "right.ca.crt"),
            StringComparison.Ordinal);
        Assert.Contains(
            "Journal:PostgresCaFile is set, but SSL Mode=Prefer verifies nothing with it: add 'SSL Mode=VerifyFull' to Journal:Postgres.",
            await RefusalAsync(admin.ConnectionString, "right.ca.crt"), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private string[] Settings(string postgres, string? ca) =>
    [
        "--set", $"Journal:Postgres={postgres}", "--set", $"Journal:PostgresPasswordFile={In("password")}",
        .. ca is null ? (string[])[] : ["--set", $"Journal:PostgresCaFile={In(ca)}"],
    ];

    private Task<RemediatorProcess> StartAsync(string postgres, string? ca) =>
        RemediatorProcess.StartAsync(In("data"), Settings(postgres, ca), new Dictionary<string, string>(), Token);

    private async Task<string> RefusalAsync(string postgres, string? ca)
    {
        var refused = await RemediatorProgram.RunAsync(
            ["serve", "--data", In("data"), "--listen", "http://127.0.0.1:0", .. Settings(postgres, ca)], _folder.FullName, Token);
        Assert.Equal(2, refused.ExitCode);
        return refused.Error;
    }
}
