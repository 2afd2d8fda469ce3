using System.Globalization;
using Remediator.Actions.Hosts.DescribeDescriptors;
using Remediator.Actions.Hosts.Descriptors;
using Remediator.Actions.Hosts.DescriptorsFree;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>Real processes that leak, and one that is under load.</summary>
[Trait("Needs", "Hosts")]
public sealed class DescriptorsTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private readonly TestHost _host = fixture.Host;

    [Theory]
    [InlineData("root")]
    [InlineData("ops")]
    public async Task ProcessWhoseConnectionsTheOtherSideHasClosed_Leaks_AndItsServiceIsNamed(string user)
    {
        if (user == "ops")
            await _host.AllowDescriptorsAsync();
        await StartAsync($"closed-{user}", """
            import socket, time
            server = socket.create_server(('127.0.0.1', 0))
            kept = []
            for _ in range(180):
                kept.append(socket.create_connection(server.getsockname()))
                server.accept()[0].close()
            """);

        var seen = await LookAsync(user, $"closed-{user}");

        Assert.Equal(
            ("process", "leak", $"closed-{user}.service", "200", "true"),
            (seen["short"], seen["trouble"], seen["unit"], seen["limit"], seen["unit_listed"]));
        Assert.InRange(double.Parse(seen["used_percent"], CultureInfo.InvariantCulture), 90, 95);
        Assert.Matches(@"^180 CLOSE_WAIT to 127\.0\.0\.1:\d+", seen["histogram"]);
    }

    [Fact]
    public async Task ProcessWithManyClients_IsUnderLoad_AndNotNearestToItsLimitByNameAlone()
    {
        await StartAsync("busy", """
            import os, resource, socket, time
            server = socket.create_server(('127.0.0.1', 0))
            port = server.getsockname()[1]
            if os.fork() == 0:
                open('/proc/self/comm', 'w').write('clients')
                resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
                server.close()
                kept = [socket.create_connection(('127.0.0.1', port)) for _ in range(150)]
                time.sleep(100000)
            resource.setrlimit(resource.RLIMIT_NOFILE, (170, 200))
            kept = [server.accept() for _ in range(150)]
            """);

        var seen = await LookAsync("root", "busy");

        Assert.Equal(("load", "busy.service", "170"), (seen["trouble"], seen["unit"], seen["limit"]));
        Assert.Matches("^150 ESTABLISHED from 127.0.0.1 at port", seen["histogram"]);
    }

    [Fact]
    public async Task ProcessThatOpensOneFileAgainAndAgain_Leaks_IsFoundByItsPort_AndItsGrowthIsKnownFromTheLookBefore()
    {
        await StartAsync("same", """
            import os, signal, socket, time
            server = socket.create_server(('0.0.0.0', 8099))
            kept = [open('/etc/hostname') for _ in range(150)]
            def more(*_):
                kept.extend(open('/etc/hostname') for _ in range(20))
                open('/run/same.more', 'w').close()
            signal.signal(signal.SIGUSR1, more)
            """);
        var look = new DescriptorsLook(Machines("root", "same"));
        var request = Request(new DescriptorsInput { ListensAt = "10.0.0.4:8099" });

        var first = (await look.LookAsync(request, Token)).Single();
        await _host.RunAsync("sleep 1; systemctl kill --signal=USR1 same.service; until [ -e /run/same.more ]; do sleep 0.1; done");
        var second = (await look.LookAsync(request with { Facts = new(1, DateTimeOffset.UnixEpoch, [first]) }, Token)).Single();

        Assert.Equal(("same", "leak", ""), (first["process"], first["trouble"], first["growth_per_minute"]));
        Assert.Matches("^150 /etc/hostname", first["histogram"]);
        Assert.Matches("^170 /etc/hostname", second["histogram"]);
        Assert.True(double.Parse(second["growth_per_minute"], CultureInfo.InvariantCulture) > 20, second.ToString());
        var free = new DescriptorsFreeAction(Machines("root", "same"));
        Assert.False((await free.CheckAsync(Request(new DescriptorsFreeInput { ListensAt = "10.0.0.4:8099" }), Token)).Good);
        await _host.RunAsync("systemctl stop same.service");
        Assert.False((await free.CheckAsync(Request(new DescriptorsFreeInput { ListensAt = "10.0.0.4:8099" }), Token)).Good);
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => look.LookAsync(request, Token));
        Assert.Contains("no process that listens on the port of '10.0.0.4:8099'", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientsOfAUnixSocket_AreLoad_AndSocketsOfOtherFamiliesAreNoLeak()
    {
        await StartAsync("paths", """
            import socket, time
            server = socket.socket(socket.AF_UNIX)
            server.bind('/run/paths.sock')
            server.listen(200)
            kept = []
            for _ in range(90):
                kept.append(socket.socket(socket.AF_UNIX))
                kept[-1].connect('/run/paths.sock')
                kept.append(server.accept()[0])
            """);
        await StartAsync("netlink", """
            import socket, time
            kept = [socket.socket(socket.AF_NETLINK, socket.SOCK_RAW) for _ in range(90)]
            kept += [socket.socket(socket.AF_PACKET, socket.SOCK_RAW) for _ in range(90)]
            """);

        var (paths, netlink) = (await LookAsync("root", "paths"), await LookAsync("root", "netlink"));

        Assert.Contains("90 clients of UNIX socket /run/paths.sock", paths["histogram"], StringComparison.Ordinal);
        Assert.NotEqual("leak", paths["trouble"]);
        Assert.Equal("unclear", netlink["trouble"]);
    }

    [Fact]
    public async Task Evidence_HasTheHistogram_AndTheGrowth_AndHostileNamesAreData()
    {
        await StartAsync("names", """
            import os, time
            kept = []
            for name in ('a\tb', 'c\nkind\t73737373\tunbound', '$(reboot)', '-rf', "d'e", 'password=hunter2hunter2'):
                path = '/tmp/names-' + name
                kept += [open(path, 'w') for _ in range(20)]
                os.unlink(path)
            """);

        var evidence = await new DescribeDescriptorsAction(Machines("root", "names"))
            .ReadAsync(Request(new DescriptorsInput { Process = "names" }), Token);

        Assert.Contains("0 within", evidence.Text, StringComparison.Ordinal);
        Assert.Contains("20 /tmp/names-$(reboot) (deleted)", evidence.Text, StringComparison.Ordinal);
        Assert.Contains("20 /tmp/names--rf (deleted)", evidence.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("73737373", evidence.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", evidence.Text, StringComparison.Ordinal);
    }

    private static ActionRequest Request(object input) => HostFixture.Request(input) with
    {
        Resource = new("test", ResourceKinds.Host, "", "db-1"),
        Facts = FactView.Empty,
    };

    private async Task<Fact> LookAsync(string user, string process) =>
        (await new DescriptorsLook(Machines(user, process)).LookAsync(Request(new DescriptorsInput { Process = process }), Token)).Single();

    private Remediator.Actions.Hosts.Reach.Machines Machines(string user, string process) =>
        HostFixture.Machines(HostFixture.Entry(_host, user) with { Units = [$"{process}.service"] });

    /// <summary>A program that goes on for ever once it has opened what it opens, as a service of its name with 200 descriptors.</summary>
    private Task<string> StartAsync(string name, string program) => _host.RunAsync($"""
        cat >/run/{name}.py <<'P'
        open('/proc/self/comm', 'w').write('{name}')
        {program}
        open('/run/{name}.ready', 'w').close()
        while True: time.sleep(1)
        P
        systemd-run --quiet --unit={name} --property=LimitNOFILE=200 python3 /run/{name}.py
        until [ -e /run/{name}.ready ]; do systemctl is-active --quiet {name} || exit 1; sleep 0.1; done
        """);
}
