using Remediator.Server.Settings;


namespace Remediator.Server.Tests.FirstStart;

public sealed class TokenFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Token_IsMadeOnce_ForItsOwnerOnly()
    {
        var path = _folder.File("x.token");

        Assert.True(TokenFile.Ensure(path));
        var token = File.ReadAllText(path).Trim();
        Assert.False(TokenFile.Ensure(path));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Matches("^[A-Za-z0-9_-]{43}$", token);
        Assert.Equal(token, File.ReadAllText(path).Trim());
        Assert.Equal(["x.token"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Tokens_Differ()
    {
        TokenFile.Ensure(_folder.File("a"));
        TokenFile.Ensure(_folder.File("b"));

        Assert.NotEqual(File.ReadAllText(_folder.File("a")), File.ReadAllText(_folder.File("b")));
    }

    [Fact]
    public void Token_ThatOthersCanRead_IsNamedWithWhatToDo()
    {
        var path = _folder.File("x.token");
        TokenFile.Ensure(path);
        Assert.Null(TokenFile.RightsFault(path));

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.Equal($"{path} can be read by others; run: chmod 600 {path}", TokenFile.RightsFault(path));
    }

    [Fact]
    public void DataFolder_IsForItsOwnerOnly()
    {
        var folder = new DataFolder(_folder.File("new/data"));

        Assert.Null(folder.Prepare(withWebhookToken: true));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
        Assert.True(File.Exists(folder.WebhookToken));
        Assert.True(File.Exists(folder.OperatorToken));
    }

    public void Dispose() => _folder.Dispose();
}
