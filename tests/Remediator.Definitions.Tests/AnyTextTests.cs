using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Remediator.Definitions.Tests;

/// <summary>Whatever stands in a file: it is read, or its faults have places in it.</summary>
public sealed class AnyTextTests
{
    private static readonly string[] Noise = [
        "", "\t", "\n", "  ", "- ", ": ", "{", "}", "[", "]", "'", "\"", "|", ">", "&a ", "*a", "!x ", "%", "{{", "}}", "{% if %}", "\\",
        "\u0000", "#", "\ud83d\ude00", "\r\n"];

    private static readonly Gen<(int At, int Length, string Noise)> Change =
        from at in Gen.Choose(0, 1200) from length in Gen.Choose(0, 12) from noise in Gen.Elements(Noise) select (at, length, noise);

    [Fact]
    public void Rules_ThatAreDamaged_AreReadOrRefused() => Check("rules/rules.yaml", Samples.Rules);

    [Fact]
    public void Playbooks_ThatAreDamaged_AreReadOrRefused() => Check("playbooks/restart-loop.yaml", Samples.Playbook);

    [Fact]
    public void LineEndsOfWindows_ChangeNoPlace()
    {
        using var folder = Samples.Folder().With(
            "rules/more.yaml",
            "rules:\r\n  - rule: a\r\n    alert: A\r\n    when:\r\n      - >\r\n        node{zone=\"a\",\r\n        "
                + "redy=\"x\"}\r\n    then: { suppress: x }\r\n");
        Assert.Equal("rules/more.yaml:7:9", Assert.Single(folder.Load().Faults).Place);
    }

    private static void Check(string path, string text) => Prop.ForAll(Change.ArrayOf(2).ToArbitrary(), changes =>
    {
        // half of a surrogate pair cannot be in a file
        var damaged = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(changes.Aggregate(text, Damage)));
        using var folder = Samples.Folder().With(path, damaged);
        var loaded = folder.Load();
        return loaded.Set is null == loaded.Faults.Count > 0 && loaded.Faults.All(f => f.Line > 0 && f.Column > 0);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static string Damage(string text, (int At, int Length, string Noise) change)
    {
        var at = Math.Min(change.At, text.Length);
        return text[..at] + change.Noise + text[Math.Min(text.Length, at + change.Length)..];
    }
}
