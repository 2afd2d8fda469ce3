using System.Diagnostics;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>A loop device besides the one that a host's root is on.</summary>
internal sealed class SecondDisk : IAsyncDisposable
{
    private readonly TestHost _host;
    private readonly string _image;

    private SecondDisk(TestHost host, string image, string path) => (_host, _image, Path) = (host, image, path);

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    public static async Task<SecondDisk> AddAsync(TestHost host, int megabytes)
    {
        var image = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(host.Root)!, "second.img");
        await RunAsync("truncate", "-s", $"{megabytes}M", image);
        return new(host, image, (await RunAsync("losetup", "--find", "--show", "--partscan", image)).Trim());
    }

    public async Task GrowAsync(int megabytes)
    {
        await RunAsync("truncate", "-s", $"{megabytes}M", _image);
        await RunAsync("losetup", "-c", Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.RunAsync($"umount /srv/data || :; partx -d {Path} || :");
        await RunAsync("losetup", "-d", Path);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}
