using Microsoft.Extensions.Logging.Abstractions;
using Remediator.Server.Access;

namespace Remediator.Server.Tests.Access;

public sealed class SecretFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SecretFiles _secrets = new(TimeProvider.System, NullLogger<SecretFiles>.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => _folder.File("secret");

    public SecretFilesTests() => File.WriteAllText(Path, "the first secret of it\n");

    [Theory]
    [InlineData("")]
    [InlineData("the")]
    [InlineData("the second secret of it\nshort")]
    public async Task TextThatCannotBeUsed_KeepsTheOneBefore(string text)
    {
        Assert.Equal("the first secret of it", Read());
        await File.WriteAllTextAsync(Path, text, Token);
        Look(3);
        Assert.Equal("the first secret of it", Read());
    }

    [Fact]
    public async Task FileThatIsGone_KeepsTheTextBefore_AndOneThatComesBackIsUsed()
    {
        Assert.Equal("the first secret of it", Read());
        File.Delete(Path);
        Look(3);
        Assert.Equal("the first secret of it", Read());

        await File.WriteAllTextAsync(Path, "the second secret of it", Token);
        Look(2);
        Assert.Equal("the second secret of it", Read());
    }

    [Fact]
    public async Task HalfOfAText_IsNeverUsed()
    {
        Assert.Equal("the first secret of it", Read());
        await File.WriteAllTextAsync(Path, "the second secret", Token);
        Look(1);
        Assert.Equal("the first secret of it", Read());
        await File.AppendAllTextAsync(Path, " of it", Token);
        Look(1);
        Assert.Equal("the first secret of it", Read());
        Look(1);
        Assert.Equal("the second secret of it", Read());
    }

    [Fact]
    public void FileThatCouldNeverBeUsed_SaysWhy()
    {
        File.WriteAllText(Path, "short");
        Assert.Equal($"{Path} cannot be used: it has 5 characters, and at least 16 are needed.", Assert.Throws<IOException>(Read).Message);
    }

    public void Dispose()
    {
        _secrets.Dispose();
        _folder.Dispose();
    }

    private string Read() => _secrets.Read(Path, 16);

    private void Look(int times)
    {
        for (var i = 0; i < times; i++)
            _secrets.Look();
    }
}
