using Remediator.Server.Settings;

namespace Remediator.Server.Tests.Settings;

public sealed class DefaultFoldersTests
{
    [Theory]
    [InlineData("HOME=/home/ann", "/home/ann/.local/share/remediator")]
    [InlineData("HOME=/home/ann XDG_DATA_HOME=/data", "/data/remediator")]
    [InlineData("HOME=/home/ann XDG_DATA_HOME=relative", "/home/ann/.local/share/remediator")]
    [InlineData("HOME=/home/ann XDG_DATA_HOME=/data STATE_DIRECTORY=/var/lib/remediator", "/var/lib/remediator")]
    [InlineData("STATE_DIRECTORY=/var/lib/a:/var/lib/b", "/var/lib/a")]
    public void Data_IsWhereTheSystemKeepsState(string environment, string expected) =>
        Assert.Equal(expected, DefaultFolders.Data(Environment(environment)));

    [Theory]
    [InlineData("~/rules", "/home/ann/rules")]
    [InlineData("/etc/rules", "/etc/rules")]
    [InlineData("/etc/../rules", "/rules")]
    public void Path_MeansWhatWasTyped(string typed, string expected) =>
        Assert.Equal(expected, DefaultFolders.Full(typed, Environment("HOME=/home/ann")));

    [Fact]
    public void RelativePath_IsSeenFromWhereTheUserStands() =>
        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "rules"), DefaultFolders.Full("./rules", Environment("HOME=/home/ann")));

    private static Func<string, string?> Environment(string pairs) =>
        pairs.Split(' ').Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]).GetValueOrDefault;
}
