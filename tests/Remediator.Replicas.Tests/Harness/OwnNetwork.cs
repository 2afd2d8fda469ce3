using System.Diagnostics;
using System.Globalization;

namespace Remediator.Replicas.Tests.Harness;

/// <summary>A network namespace with one cable to this machine. Needs root.</summary>
internal sealed class OwnNetwork : IAsyncDisposable
{
    private readonly string _name;
    private readonly string _near;
    private readonly string _far;
    private readonly string _net;

    private OwnNetwork(int number)
    {
        var id = number.ToString(CultureInfo.InvariantCulture);
        (_name, _near, _far) = ($"remediator-{id}", $"rmn{id}", $"rmf{id}");
        _net = string.Create(CultureInfo.InvariantCulture, $"10.213.{number % 250}");
    }

    /// <summary>Of this machine, as seen from in there.</summary>
    public string Outside => $"{_net}.1";

    /// <summary>Of the namespace.</summary>
    public string Inside => $"{_net}.2";

    /// <summary>Null where this machine lets nobody make one.</summary>
    public static async Task<OwnNetwork?> TryCreateAsync()
    {
        var network = new OwnNetwork(Random.Shared.Next(1, 100_000));
        if (!await TryAsync("ip", "netns", "add", network._name))
            return null;

        await RunAsync("ip", "link", "add", network._near, "type", "veth", "peer", "name", network._far, "netns", network._name);
        await RunAsync("ip", "addr", "add", $"{network.Outside}/30", "dev", network._near);
        await RunAsync("ip", "link", "set", network._near, "up");
        await network.InsideAsync("ip", "addr", "add", $"{network.Inside}/30", "dev", network._far);
        await network.InsideAsync("ip", "link", "set", "lo", "up");
        await network.InsideAsync("ip", "link", "set", network._far, "up");
        return network;
    }

    /// <summary>Makes a program that runs another one in there.</summary>
    public async Task<string> ProgramAsync(string file, string program)
    {
        await File.WriteAllTextAsync(file, $"#!/bin/sh\nexec ip netns exec {_name} '{program}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    /// <summary>Nothing comes through any more, and nobody is told.</summary>
    public Task CutAsync() => InsideAsync("ip", "link", "set", _far, "down");

    public Task HealAsync() => InsideAsync("ip", "link", "set", _far, "up");

    public async ValueTask DisposeAsync()
    {
        await TryAsync("ip", "link", "del", _near);
        await TryAsync("ip", "netns", "del", _name);
    }

    private Task InsideAsync(params string[] command) => RunAsync("ip", ["netns", "exec", _name, .. command]);

    private static async Task RunAsync(string program, params string[] arguments) =>
        Assert.True(await TryAsync(program, arguments), $"'{program} {string.Join(' ', arguments)}' failed.");

    private static async Task<bool> TryAsync(string program, params string[] arguments)
    {
        try
        {
            using var process =
                Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
