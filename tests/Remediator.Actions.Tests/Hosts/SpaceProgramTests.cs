using System.Diagnostics;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>
/// The program that frees space, attacked on file systems that are made for it (<c>tests/hosts/space</c>): what is in use in ways that few
/// know, swapped between look and act, killed in the middle.
/// </summary>
[Trait("Needs", "Hosts")]
public sealed class SpaceProgramTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Scenarios { get; } = [.. new (string, string)[]
    {
        ("ext4", "mount_that_vanishes"), ("tmpfs", "thin_pool"), ("tmpfs", "open_to_read"),
        ("tmpfs", "mapped_not_open"), ("ext4", "open_in_a_socket"), ("xfs", "open_in_a_socket"),
        ("ext4", "open_in_a_thread_of_its_own"), ("tmpfs", "open_in_another_mount_namespace"), ("ext4", "one_file_mounted_elsewhere"),
        ("tmpfs", "a_process_works_there"), ("ext4", "immutable"), ("xfs", "immutable"), ("ext4", "swapped_between_look_and_act"),
        ("xfs", "swapped_between_look_and_act"), ("ext4", "moved_in"), ("tmpfs", "moved_in"), ("tmpfs", "moved_away_in_the_act"),
        ("ext4", "opened_in_the_act"), ("tmpfs", "reused_pid"), ("ext4", "log_of_another_mount"), ("ext4", "hostile_names"),
        ("xfs", "hostile_names"), ("tmpfs", "databases_in_the_list"), ("tmpfs", "text_that_is_packed"), ("tmpfs", "a_hundred_thousand"),
        ("tmpfs", "many_folders"), ("ext4", "gain_is_as_said"), ("xfs", "gain_is_as_said"), ("tmpfs", "killed"), ("ext4", "killed"),
        ("xfs", "killed"), ("ext4", "killed_and_the_name_is_taken"), ("tmpfs", "nobody_listens"),
        ("tmpfs", "only_files_that_have_one_place"), ("ext4", "swapped_in_the_act"), ("xfs", "swapped_in_the_act"),
        ("tmpfs", "killed_while_many_go"), ("ext4", "makes_files"), ("xfs", "makes_files"),
        ("ext4", "two_looks_at_once"), ("xfs", "two_looks_at_once"), ("tmpfs", "no_time_for_all"), ("tmpfs", "what_is_too_new_is_counted"),
        ("tmpfs", "no_look_puts_back_while_an_act_goes_on"),
        ("ext4", "log_that_is_still_read"), ("tmpfs", "busy_log_that_is_followed"), ("ext4", "a_part_of_another_mount"),
        ("tmpfs", "a_part_of_another_mount"), ("ext4", "read_lately_for_all_that_it_says"),
    }];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task NothingThatAnybodyWants_IsLost(string type, string scenario) => await RunAsync(type, scenario);

    /// <summary>2,000 random trees, of each of which a model knows what may go; a failure names its seed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(501)]
    [InlineData(1001)]
    [InlineData(1501)]
    public async Task OfRandomTrees_JustWhatWasPlannedGoes(int seed) => await RunAsync("tmpfs", "model", $"{seed}", "500");

    [Theory]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public async Task OfRandomTreesOnADisk_JustWhatWasPlannedGoes(string type) => await RunAsync(type, "model", "5001", "50");

    [Fact]
    public async Task EachScenario_IsRunHere()
    {
        var known = await RunAsync();
        Assert.Equal(
            known.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            Scenarios.Select(s => s.Data.Item2).Distinct().Order(StringComparer.Ordinal));
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var top = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(top!.FullName, "tests", "hosts")))
            top = top.Parent;
        var program = Path.Combine(top.FullName, "src", "Remediator.Actions", "Hosts", "Space", "remediator-space");
        using var process = Process.Start(
            new ProcessStartInfo(
                Path.Combine(top.FullName, "tests", "hosts", "space"), arguments.Length == 0 ? [] : [program, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await errors}");
        return await output;
    }
}
