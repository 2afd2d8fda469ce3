using System.Collections.Immutable;
using Remediator.Core.Alerts;
using Remediator.Definitions.Yaml;
using YamlDotNet.Core;

namespace Remediator.Definitions.Routes;

/// <summary>
/// Reads who is told out of an Alertmanager's configuration. Matchers are known as <c>matchers</c> (<c>namespace="shop"</c>), and as
/// <c>match</c>, which prometheus-operator wrote before Alertmanager 0.22.
/// </summary>
internal sealed class AlertRouteReader : IAlertRouteReader
{
    public AlertRoutes Read(string configuration)
    {
        try
        {
            var root = YamlTree.Read(configuration) as YamlMap;
            var receivers = Items(Of(root, "receivers")).Select(r => Text(Of(r as YamlMap, "name"))).Where(n => n.Length > 0).ToList();
            var top = Of(root, "route") as YamlMap;
            return new(receivers, top is null ? [] : [.. Routes(top, "", ImmutableDictionary<string, string>.Empty)]);
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}: {e.Message}", e);
        }
    }

    private static IEnumerable<AlertRoute> Routes(YamlMap route, string receiver, ImmutableDictionary<string, string> wants)
    {
        receiver = Text(Of(route, "receiver")) is { Length: > 0 } own ? own : receiver;
        wants = wants.SetItems(Wants(route));
        return Items(Of(route, "routes")).OfType<YamlMap>().SelectMany(r => Routes(r, receiver, wants)).Prepend(new(receiver, wants));
    }

    private static IEnumerable<KeyValuePair<string, string>> Wants(YamlMap route) =>
        Items(Of(route, "matchers")).Select(m => Text(m).Split('=', 2)).Where(IsEquality)
            .Select(m => KeyValuePair.Create(m[0].Trim().Trim('"'), m[1].Trim().Trim('"')))
            .Concat((Of(route, "match") as YamlMap)?.Entries.Select(e => KeyValuePair.Create(e.Key.Value, Text(e.Value))) ?? []);

    /// <summary>Not of <c>!=</c>, <c>=~</c> or <c>!~</c>.</summary>
    private static bool IsEquality(string[] matcher) =>
        matcher is [var label, var value] && !label.EndsWith('!') && !label.EndsWith('~') && !value.StartsWith('~');

    private static YamlNode? Of(YamlMap? map, string key) => map?.Entries.FirstOrDefault(e => e.Key.Value == key)?.Value;

    private static IReadOnlyList<YamlNode> Items(YamlNode? node) => (node as YamlList)?.Items ?? [];

    private static string Text(YamlNode? node) => (node as YamlScalar)?.Value ?? "";
}
