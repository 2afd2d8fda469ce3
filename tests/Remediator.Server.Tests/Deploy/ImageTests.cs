using System.Text.Json;
using System.Text.RegularExpressions;

namespace Remediator.Server.Tests.Deploy;

/// <summary>The Dockerfile and <c>deploy/image</c> make the same image; only the second can be run here.</summary>
public sealed partial class ImageTests
{
    private static readonly string Docker = DeployFolder.Read("Dockerfile").Replace("\\\n", " ", StringComparison.Ordinal);
    private static readonly string Script = DeployFolder.Read("image");

    private static JsonElement Config =>
        JsonDocument.Parse(Placeholder().Replace(ConfigBlock().Match(Script).Groups["json"].Value, "null"))
            .RootElement.GetProperty("config");

    [Fact]
    public void Environment_IsTheSame() => Assert.Equal(
        Words(Config.GetProperty("Env")).Order(StringComparer.Ordinal),
        Instruction("ENV").Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("USER", "User")]
    [InlineData("WORKDIR", "WorkingDir")]
    public void Text_IsTheSame(string instruction, string name) =>
        Assert.Equal(Config.GetProperty(name).GetString(), Instruction(instruction));

    [Theory]
    [InlineData("EXPOSE", "ExposedPorts", "/tcp")]
    [InlineData("VOLUME", "Volumes", "")]
    public void Name_IsTheSame(string instruction, string name, string suffix) =>
        Assert.Equal(Config.GetProperty(name).EnumerateObject().Single().Name, Instruction(instruction) + suffix);

    [Fact]
    public void Entrypoint_IsTheSame_AndHasNoShell() =>
        Assert.Equal(Words(Config.GetProperty("Entrypoint")), JsonSerializer.Deserialize<string[]>(Instruction("ENTRYPOINT"))!);

    [Fact]
    public void Packages_AreTheSame() => Assert.Equal(
        Match(@"^packages=\((?<it>[^)]+)\)$", Script).Split(' ').Order(StringComparer.Ordinal),
        Match(@"apt-get download -qq (?<it>.+)$", Docker).Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    [Fact]
    public void WhatIsLeftOut_AndWhatIsWritten_AreTheSame()
    {
        Assert.Equal(Quoted(Script, "--exclude "), Quoted(Docker, "--exclude "));
        Assert.Equal(Quoted(Script, "printf "), Quoted(Docker, "printf "));
    }

    [Fact]
    public void Labels_AreTheSame_WithTheVersionOfTheProgram()
    {
        var inDocker = Regex.Matches(Instruction("LABEL"), "org.opencontainers.image.(?<name>[a-z.]+)=\"(?<value>[^\"]*)\"")
            .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);
        Assert.Equal(ProgramVersion.Text.Split('+')[0], inDocker["version"]);
        Assert.Equal("$COMMIT", inDocker["revision"]);
        foreach (var (name, value) in inDocker.Where(l => l.Key is not "version" and not "revision"))
            Assert.Matches($@"\b{Regex.Escape(name)} ('{Regex.Escape(value)}'|{Regex.Escape(value)} )", Script);
    }

    private static string Instruction(string name) =>
        Match($"^{name} (?<it>.+)$", Docker[Docker.IndexOf("FROM scratch", StringComparison.Ordinal)..]).Trim();

    private static string Match(string pattern, string text)
    {
        var match = Regex.Match(text, pattern, RegexOptions.Multiline);
        Assert.True(match.Success, $"Nothing matches {pattern}.");
        return match.Groups["it"].Value;
    }

    private static string[] Words(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetString()!)];

    private static List<string> Quoted(string text, string after)
    {
        var found = Regex.Matches(text, Regex.Escape(after) + "'(?<it>[^']+)'")
            .Select(m => m.Groups["it"].Value)
            .Where(t => !t.StartsWith('{') && !t.StartsWith('"'))
            .ToList();
        Assert.NotEmpty(found);
        return found;
    }

    [GeneratedRegex("<<C\\n(?<json>.*?)\\nC\\n", RegexOptions.Singleline)]
    private static partial Regex ConfigBlock();

    /// <summary>What the script fills in.</summary>
    [GeneratedRegex(@"""\$\w+""|\[\$\w+\]|\{\$\{[^}]*\}\}")]
    private static partial Regex Placeholder();
}
