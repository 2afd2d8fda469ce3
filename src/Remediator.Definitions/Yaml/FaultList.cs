using Remediator.Definitions.Faults;
using Remediator.Core.Language;
using YamlDotNet.Core;

namespace Remediator.Definitions.Yaml;

/// <summary>All that is wrong with one file.</summary>
internal sealed class FaultList(SourceFile file)
{
    private readonly List<DefinitionFault> _faults = [];

    public SourceFile File { get; } = file;

    public IReadOnlyList<DefinitionFault> All => _faults;

    public int Count => _faults.Count;

    private string[] Lines => File.Text.Split('\n');

    public void At(YamlNode node, string message) => _faults.Add(new(File.Label, (int)node.Start.Line, (int)node.Start.Column, message));

    public void At(YamlException e)
    {
        var tab = e.Message.Contains("tab as indentation", StringComparison.Ordinal)
            ? Array.FindIndex(Lines, l => l.TrimStart(' ').StartsWith('\t'))
            : -1;
        if (tab >= 0) _faults.Add(new(File.Label, tab + 1, Lines[tab].IndexOf('\t') + 1, "there is a tab here; indent YAML with spaces"));
        else _faults.Add(new(File.Label, Math.Max(1, (int)e.Start.Line), Math.Max(1, (int)e.Start.Column), Message(e)));
    }

    /// <summary>A place inside a value, with the value and a caret under the place.</summary>
    public void At(YamlScalar scalar, TextFault fault)
    {
        var (line, column) = File.Position(scalar, fault.Offset);
        _faults.Add(new(File.Label, line, column, fault.Message, Snippet(scalar.Value, fault.Offset)));
    }

    private static string Snippet(string text, int offset)
    {
        var start = offset == 0 ? 0 : text.LastIndexOf('\n', Math.Min(offset, text.Length) - 1) + 1;
        var end = text.IndexOf('\n', start);
        return $"    {(end < 0 ? text[start..] : text[start..end])}\n    {new string(' ', offset - start)}^";
    }

    private string Message(YamlException e)
    {
        var line = Lines.ElementAtOrDefault((int)Math.Max(0, e.Start.Line - 1)) ?? "";
        var hint = line.Contains('{') && !e.Message.Contains("quotes", StringComparison.Ordinal)
            ? " (a condition with braces inside [ ] or { }, or after a key, must be quoted)"
            : "";
        return $"{char.ToLowerInvariant(e.Message[0])}{e.Message[1..].TrimEnd('.')}{hint}";
    }
}
