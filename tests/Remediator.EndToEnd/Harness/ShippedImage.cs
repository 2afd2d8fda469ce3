using System.Runtime.CompilerServices;

namespace Remediator.EndToEnd.Harness;

/// <summary>The image that ships, as <c>deploy/image</c> packs it; built once for all scenarios.</summary>
internal static class ShippedImage
{
    private const int CannotHere = 3;

    public static string Repository { get; } = Path.GetFullPath(Path.Combine(ThisFolder(), "..", "..", ".."));

    public static string File { get; } = Path.Combine(Repository, "artifacts", "image", "remediator-for-tests.tar");

    private static readonly Lazy<Task<(int Code, string Output, string Error)>> Built = new(() => ChildProcess.RunAsync(
        Path.Combine(Repository, "deploy", "image"), [File], new Dictionary<string, string>(), CancellationToken.None));

    public static async Task AwaitAsync()
    {
        var (code, output, error) = await Built.Value.WaitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(code == CannotHere, $"The image cannot be built on this machine. {error}");
        Assert.True(code == 0, $"deploy/image ended with {code}: {output}{error}");
    }

    private static string ThisFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
