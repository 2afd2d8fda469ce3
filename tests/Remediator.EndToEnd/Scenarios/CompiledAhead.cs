using System.Formats.Tar;
using System.IO.Compression;
using System.Reflection.PortableExecutable;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>The image holds native code, so that its first seconds are as fast as the rest.</summary>
[Trait("Needs", "Cluster")]
public sealed class CompiledAhead
{
    [Fact]
    public async Task AssembliesOfTheImage_HoldNativeCode()
    {
        await ShippedImage.AwaitAsync();
        var found = await AssembliesAsync(name => name is "remediator.dll" or "KubernetesClient.dll" or "Microsoft.Data.Sqlite.dll"
            || name.StartsWith("Remediator.", StringComparison.Ordinal) || name.StartsWith("Orleans.", StringComparison.Ordinal));

        Assert.Contains("remediator.dll", found.Keys);
        Assert.Contains("Remediator.Core.dll", found.Keys);
        Assert.Contains("Orleans.Runtime.dll", found.Keys);
        Assert.All(found, assembly => Assert.True(assembly.Value > 0, $"{assembly.Key} is in the image without native code."));
    }

    /// <returns>How many bytes of native code the file says that it has, by its name.</returns>
    private static async Task<Dictionary<string, int>> AssembliesAsync(Func<string, bool> wanted)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        await using var archive = File.OpenRead(ShippedImage.File);
        await using var blobs = new TarReader(archive);
        while (await blobs.GetNextEntryAsync() is { } blob)
        {
            if (blob.DataStream is not { Length: > 1_000_000 } layer)
                continue;
            await using var unpacked = new GZipStream(layer, CompressionMode.Decompress);
            await using var files = new TarReader(unpacked);
            while (await files.GetNextEntryAsync() is { } file)
            {
                var name = Path.GetFileName(file.Name);
                if (!name.EndsWith(".dll", StringComparison.Ordinal) || !wanted(name))
                    continue;
                using var copy = new MemoryStream();
                await file.DataStream!.CopyToAsync(copy, TestContext.Current.CancellationToken);
                copy.Position = 0;
                using var image = new PEReader(copy);
                found[name] = image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size;
            }
        }

        return found;
    }
}
