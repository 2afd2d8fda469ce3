using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Remediator.Replicas.Tests.Harness;
using Remediator.Testing;

namespace Remediator.Replicas.Tests;

/// <summary>Who reaches the silo's port of a replica, and even the database, but has no certificate of their CA.</summary>
[Trait("Needs", "Postgres")]
public sealed class StrangerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReplicaWithoutACertificateOfTheCa_CannotJoin_AndTheOthersWorkOn()
    {
        await using var network = await OwnNetwork.TryCreateAsync();
        if (network is null)
        {
            Assert.Skip("This machine lets nobody make a network namespace: it needs root, and iproute2.");
            return;
        }

        await using var set = await ReplicaSet.CreateAsync(ReplicaSet.Restart);
        var first = await set.AddAsync(new("a", network.Outside, set.Database.Connection));
        await set.AddAsync(new("b", network.Outside, set.Database.Connection));
        new TestAuthority("another CA").Issue(Path.GetDirectoryName(set.File("x"))!, "stranger", "remediator-silo");

        var stranger = await set.LaunchAsync(new("c", network.Outside, set.Database.Connection, Certificate: "stranger"));
        await Wait.UntilAsync("a refusal in the stranger's log", () =>
            stranger.Process.Log.Any(l => l.Contains("AuthenticationException", StringComparison.Ordinal)), Token, stranger.Process.Story);

        Assert.False(await stranger.IsReadyAsync());
        Assert.Equal(2, (await set.Database.EntriesAsync("test/engine//replicas")).Count(e => e.Type == "replica-joined"));
        await Assert.ThrowsAnyAsync<Exception>(() => TalkAsync(first, null));
        set.AddSick("shop");
        await set.PostAsync("shop");
        await set.AwaitRepairedAsync("shop");
        Assert.Equal(2, (await set.Database.EntriesAsync("test/engine//replicas")).Count(e => e.Type == "replica-joined"));
    }

    [Fact]
    public async Task Port_SpeaksToCertificatesOfTheCaAndNameAlone()
    {
        await using var set = await ReplicaSet.StartAsync(ReplicaSet.Restart, "a");
        var folder = Path.GetDirectoryName(set.File("x"))!;
        var other = new TestAuthority("another CA");
        other.Issue(folder, "stranger", "remediator-silo");
        var replica = set.Replicas[0];

        Assert.True(await TalkAsync(replica, Certificate(folder, "silo")));
        await Assert.ThrowsAnyAsync<Exception>(() => TalkAsync(replica, Certificate(folder, "stranger")));
        await Assert.ThrowsAnyAsync<Exception>(() => TalkAsync(replica, null));
    }

    /// <returns>True once the other side has accepted the certificate, and said something.</returns>
    private static async Task<bool> TalkAsync(Replica replica, X509Certificate2? own)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(replica.SiloAddress, replica.SiloPort, Token);
        using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "remediator-silo",
                // who it talks to is not what is asked here
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
                ClientCertificates = own is null ? null : [own],
                LocalCertificateSelectionCallback = own is null ? null : (_, _, _, _, _) => own,
            }, Token);
        // who was refused learns of it with the first byte that it reads
        return await tls.ReadAsync(new byte[1], Token).AsTask().WaitAsync(Wait.Patience, Token) > 0
            ? true
            : throw new IOException("The connection was closed.");
    }

    private static X509Certificate2 Certificate(string folder, string name) =>
        X509Certificate2.CreateFromPemFile(Path.Combine(folder, $"{name}.crt"), Path.Combine(folder, $"{name}.key"));
}
