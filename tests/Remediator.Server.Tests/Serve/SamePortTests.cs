using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Npgsql;
using Remediator.Server.Serve;
using Remediator.Testing;

namespace Remediator.Server.Tests.Serve;

/// <summary>A replica that starts takes the address of the one that was killed, which proves that it is gone.</summary>
public sealed partial class SamePortTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Port_IsTheOneOfTheStartBefore_WhileItIsFree()
    {
        var file = _folder.File("silo.port");
        var port = SiloPort.Choose(IPAddress.Loopback, file);
        Assert.Equal(port, SiloPort.Choose(IPAddress.Loopback, file));

        using var other = new TcpListener(IPAddress.Loopback, port);
        other.Start();
        Assert.NotEqual(port, SiloPort.Choose(IPAddress.Loopback, file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("80")]
    [InlineData("-21000")]
    [InlineData("45000")]
    public void Port_ThatNoStartWrote_IsNotTaken(string text)
    {
        var file = _folder.File("silo.port");
        File.WriteAllText(file, text);

        Assert.InRange(SiloPort.Choose(IPAddress.Loopback, file), 20_000, 32_767);
    }

    [Fact]
    [Trait("Needs", "Postgres")]
    public async Task StartAfterAKill_DeclaresThePredecessorDead_BeforeItJoins_AndProbesNobody()
    {
        await using var database = new PostgresDatabase();
        await using (var first = await StartAsync(database))
            await first.KillAsync(Token);

        await using var second = await StartAsync(database);

        var members = await MembersAsync(database);
        Assert.Equal([true, false], members.Select(m => m.IsDead));
        Assert.Equal(members[1].Id, members[0].DeclaredBy);
        Assert.DoesNotContain(second.Log, line => Probes().IsMatch(line));
    }

    [Fact]
    [Trait("Needs", "Postgres")]
    public async Task StartAtTheAddressOfALivingReplica_IsRefused_AndThatOneLives()
    {
        await using var database = new PostgresDatabase();
        await using var first = await StartAsync(database);
        var port = (await File.ReadAllTextAsync(_folder.File("data/silo.port"), Token)).Trim();

        var result = await RemediatorProgram.RunAsync(
            ["serve", "--data", "other", "--listen", "http://127.0.0.1:0", .. Arguments(database), "--set", $"Silo:Port={port}"],
            _folder.Path,
            Token);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"Silo:Port {port} at 127.0.0.1 is taken by another program", result.Error, StringComparison.Ordinal);
        Assert.False(Assert.Single(await MembersAsync(database)).IsDead);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Words, since a path or "stopping" may have the letters in it.</summary>
    [GeneratedRegex(@"\b(prob(e|es|ed|ing)|ping(s|ed)?)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Probes();

    private Task<RemediatorProcess> StartAsync(PostgresDatabase database) =>
        RemediatorProcess.StartAsync(_folder.File("data"), Arguments(database), new Dictionary<string, string>(), Token);

    private string[] Arguments(PostgresDatabase database)
    {
        var key = _folder.File("key.pem");
        if (!File.Exists(key))
        {
            using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            File.WriteAllText(key, signing.ExportPkcs8PrivateKeyPem());
        }

        return [
            "--set", $"Journal:Postgres={database.Connection}", "--set", $"Journal:PostgresPasswordFile={database.PasswordFile}", "--set",
            $"Journal:CheckpointKeyFile={key}"];
    }

    /// <summary>Oldest first.</summary>
    private static async Task<IReadOnlyList<(string Id, bool IsDead, string? DeclaredBy)>> MembersAsync(PostgresDatabase database)
    {
        var members = new List<(string, bool, string?)>();
        await using var connection = await database.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT id, is_dead, document::jsonb #>> '{suspects,0,by}' FROM remediator.member ORDER BY split_part(id, '@', 2)::bigint",
            connection);
        await using var rows = await command.ExecuteReaderAsync(Token);
        while (await rows.ReadAsync(Token))
            members.Add((rows.GetString(0), rows.GetBoolean(1), rows.IsDBNull(2) ? null : rows.GetString(2)));
        return members;
    }
}
