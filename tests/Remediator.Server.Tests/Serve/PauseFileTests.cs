using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;
using Remediator.Server.Pausing;
using Remediator.Server.Settings;
using Remediator.Testing;

namespace Remediator.Server.Tests.Serve;

public sealed class PauseFileTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    private string Data => Directory.CreateDirectory(_folder.File("data")).FullName;

    private string Paused => Path.Combine(Data, "paused");

    [Fact]
    public void NoFile_IsNotPaused() => Assert.Null(Switch().Reason);

    [Theory]
    [InlineData("moving the database\n", "moving the database")]
    [InlineData("one\u0001two\nthree \ud83d\ude00", "one two three \ud83d\ude00")]
    public void Text_IsTheReason(string text, string reason)
    {
        var @switch = Switch();
        File.WriteAllText(Paused, text);

        Assert.Equal(reason, @switch.Reason);
        File.Delete(Paused);
        Assert.Null(@switch.Reason);
    }

    [Fact]
    public void LongText_IsCut_BetweenCharacters()
    {
        File.WriteAllText(Paused, string.Concat(Enumerable.Repeat("x", 499)) + "\ud83d\ude00" + new string('y', 1_000_000));

        Assert.Equal(new string('x', 499) + "\ufffd", Switch().Reason);
    }

    [Fact]
    public void EmptyFile_IsPaused()
    {
        File.WriteAllText(Paused, "");

        Assert.Equal($"{Paused} is there", Switch().Reason);
    }

    [Fact]
    public void Folder_IsPaused()
    {
        Directory.CreateDirectory(Paused);

        Assert.Equal($"{Paused} is a folder", Switch().Reason);
    }

    [Fact]
    public void LinkToAFolder_IsPaused()
    {
        Directory.CreateSymbolicLink(Paused, _folder.Path);

        Assert.Equal($"{Paused} is a folder", Switch().Reason);
    }

    [Fact]
    public void LinkToAFile_IsPaused_AndItsTextTheReason()
    {
        File.WriteAllText(_folder.File("why"), "upgrade");
        File.CreateSymbolicLink(Paused, "../why");

        Assert.Equal("upgrade", Switch().Reason);
    }

    [Fact]
    public void LinkToNothing_IsPaused()
    {
        File.CreateSymbolicLink(Paused, _folder.File("nothing"));

        Assert.StartsWith($"{Paused} cannot be read: ", Switch().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LinksInACircle_ArePaused()
    {
        File.CreateSymbolicLink(Paused, Path.Combine(Data, "other"));
        File.CreateSymbolicLink(Path.Combine(Data, "other"), Paused);

        Assert.StartsWith($"{Paused} cannot be read: ", Switch().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderThatIsACircleOfLinks_IsPaused()
    {
        var circle = _folder.File("circle");
        File.CreateSymbolicLink(circle, circle);

        Assert.Contains($"{circle}/paused", Named($"{circle}/paused").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderThatIsNotThere_IsPaused()
    {
        var @switch = Switch();
        Directory.Delete(Data);

        Assert.Equal(
            $"it is unknown whether {_folder.File("data/paused")} exists: its folder does not exist or cannot be searched", @switch.Reason);
    }

    [Fact]
    public void FolderThatIsAFile_IsPaused()
    {
        File.WriteAllText(_folder.File("file"), "");

        Assert.Contains("cannot be", Named(_folder.File("file/paused")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void NameThatIsTooLong_IsPaused() =>
        Assert.Contains("cannot be read", Named(Path.Combine(Data, new string('x', 300))).Reason, StringComparison.Ordinal);

    [Fact]
    public void FileThatMayNotBeRead_IsPaused()
    {
        File.WriteAllText(Paused, "why");
        File.SetUnixFileMode(Paused, UnixFileMode.None);
        File.SetUnixFileMode(_folder.Path, Owner | UnixFileMode.OtherExecute);
        var @switch = Switch();

        Assert.StartsWith(
            $"{Paused} cannot be read: Access to the path", WithoutPrivileges(() => @switch.Reason), StringComparison.Ordinal);
    }

    [Fact]
    public void FolderThatMayNotBeSearched_IsPaused()
    {
        var (folder, @switch) = (Data, Switch());
        File.SetUnixFileMode(folder, UnixFileMode.None);
        try
        {
            Assert.Contains("cannot be", WithoutPrivileges(() => @switch.Reason), StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(folder, Owner);
        }
    }

    [Fact]
    public async Task Pipe_IsPaused_AndNobodyWaitsForItsOtherEnd()
    {
        await RunAsync("mkfifo", Paused);
        File.CreateSymbolicLink(_folder.File("data/link"), Paused);

        Assert.Equal(
            $"{Paused} is there",
            await Task.Run(() => Switch().Reason, TestContext.Current.CancellationToken)
                .WaitAsync(Wait.Patience, TestContext.Current.CancellationToken));
        var link = Path.Combine(Data, "link");
        Assert.Equal(
            $"{link} is there",
            await Task.Run(() => Named(link).Reason, TestContext.Current.CancellationToken)
                .WaitAsync(Wait.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task VolumeThatIsUnmounted_IsPaused_UntilItIsThereAgain()
    {
        var (volume, link) = (Data, _folder.File("link"));
        Directory.CreateSymbolicLink(link, volume);
        Assert.SkipUnless(await MountAsync(volume), "needs the right to mount");
        try
        {
            var @switch = Named(Path.Combine(link, "paused"));
            Assert.Null(@switch.Reason);

            await RunAsync("umount", volume);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal($"it is unknown whether {link}/paused exists: {volume}, where it would be, is no longer mounted", @switch.Reason);

            Assert.True(await MountAsync(volume));
            Assert.Null(@switch.Reason);
        }
        finally
        {
            await RunAsync("umount", volume);
        }
    }

    [Fact]
    public async Task Start_WithAFolderAsTheSwitch_IsRefused()
    {
        Directory.CreateDirectory(Paused);

        Assert.Equal(
            (2, $"remediator: PauseFile: '{Paused}' is a folder, but the pause switch is a file. Name the file, or remove the folder.\n"),
            await ServeAsync());
        Assert.Equal(
            (2, $"remediator: PauseFile: '{Data}' is a folder, but the pause switch is a file. Name the file, or remove the folder.\n"),
            await ServeAsync("--set", $"PauseFile={Data}"));
    }

    [Fact]
    public async Task Start_WithASwitchInNoFolder_IsRefused()
    {
        var path = _folder.File("mnt/paused");

        Assert.Equal(
            (
                2,
                $"remediator: PauseFile: the folder of '{path}' does not exist or cannot be searched, so the file would "
                    + $"never be found. Create or mount '{_folder.File("mnt")}', or name another file.\n"),
            await ServeAsync("--set", $"PauseFile={path}"));
    }

    public void Dispose() => _folder.Dispose();

    private PauseFile Switch() => new(new DataFolder(Data), _time);

    private PauseFile Named(string path) => new(new DataFolder(Data, (null, path)), _time);

    private async Task<(int, string)> ServeAsync(params string[] arguments)
    {
        var result = await RemediatorProgram.RunAsync(
            ["serve", "--data", Data, "--listen", "http://127.0.0.1:0", .. arguments], _folder.Path, TestContext.Current.CancellationToken);
        return (result.ExitCode, result.Error);
    }

    private static async Task<bool> MountAsync(string folder) =>
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder) == 0;

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    /// <summary>Root ignores modes, but not on a thread that looks at files as somebody else.</summary>
    private static T WithoutPrivileges<T>(Func<T> look)
    {
        const uint nobody = 65534;
        var before = SetFileUser(nobody);
        try
        {
            return look();
        }
        finally
        {
            _ = SetFileUser(before);
        }
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern uint SetFileUser(uint user);
}
