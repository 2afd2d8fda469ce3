using YamlDotNet.Core;

namespace Remediator.Definitions.Yaml;

/// <summary>A piece of a YAML file with its place. A tree of our own, because the library's stops at the first duplicate key.</summary>
internal abstract record YamlNode(Mark Start);

internal sealed record YamlScalar(Mark Start, string Value, ScalarStyle Style) : YamlNode(Start)
{
    public bool IsNothing => Style is ScalarStyle.Plain && Value is "" or "~" or "null";
}

internal sealed record YamlList(Mark Start, IReadOnlyList<YamlNode> Items) : YamlNode(Start);

/// <param name="IsFlow">Written with braces.</param>
internal sealed record YamlMap(Mark Start, IReadOnlyList<YamlEntry> Entries, bool IsFlow) : YamlNode(Start);

internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);
