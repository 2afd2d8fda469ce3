using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Remediator.Actions.Notify.Alertmanager;
using Remediator.Actions.Notify.Webhook;
using Remediator.Core.Language;
using Remediator.Definitions;
using Remediator.Facts;
using Remediator.Facts.Connection;
using Remediator.Journal;
using Remediator.Sources.Alertmanager;

namespace Remediator.Server.Settings;

/// <summary>Every setting there is. A misspelt one would be ignored in silence, and what it was to limit would not be limited.</summary>
internal static class KnownSettings
{
    private static readonly (string Section, Type Options)[] Sections =
    [
        ("", typeof(ServerOptions)),
        (AccessOptions.Section, typeof(AccessOptions)),
        (EngineOptions.Section, typeof(EngineOptions)),
        (SiloOptions.Section, typeof(SiloOptions)),
        (ClusterOptions.Section, typeof(ClusterOptions)),
        ("Definitions", typeof(DefinitionsOptions)),
        (AlertmanagerSourceOptions.Section, typeof(AlertmanagerSourceOptions)),
        (AlertmanagerNotifyOptions.Section, typeof(AlertmanagerNotifyOptions)),
        (WebhookNotifyOptions.Section, typeof(WebhookNotifyOptions)),
        (FactsOptions.Section, typeof(FactsOptions)),
        (JournalOptions.Section, typeof(JournalOptions)),
    ];

    private static readonly Dictionary<string, Type> ByName = Sections
        .SelectMany(s => s.Options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => (Name: s.Section.Length == 0 ? p.Name : $"{s.Section}:{p.Name}", p.PropertyType)))
        .ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <returns>Settings that are none, and values that are not of their setting's kind.</returns>
    public static IEnumerable<string> Faults(IConfiguration settings) =>
        settings.AsEnumerable().Where(s => s.Value is not null).Select(s => Fault(s.Key, s.Value!)).OfType<string>().Order(StringComparer.Ordinal);

    private static string? Fault(string name, string value)
    {
        if (IsForeign(name))
            return null;
        if (!ByName.TryGetValue(name, out var type) && !ByName.TryGetValue(ListOf(name), out type))
            return $"There is no setting '{name}'{Meant(name)}";

        return type == typeof(string) || !type.IsValueType || CanConvert(type, value) ? null : $"{name} is '{value}'; expected {Kind(type)}.";
    }

    private static string Meant(string name) => ByName.Keys.FirstOrDefault(k => k.EndsWith($":{name}", StringComparison.OrdinalIgnoreCase)) is { } full
        ? $"; did you mean '{full}'?"
        : Suggestion.For(name, ByName.Keys);

    /// <summary>Variables that carry our prefix and are no settings: of tests, and of Kubernetes for a Service with our name.</summary>
    private static bool IsForeign(string name) =>
        name is "SETTINGS" or "FAILPOINT" || name.StartsWith("TEST_", StringComparison.Ordinal)
        || name is "PORT" || name.StartsWith("PORT_", StringComparison.Ordinal)
        || name.Contains("SERVICE_HOST", StringComparison.Ordinal) || name.Contains("SERVICE_PORT", StringComparison.Ordinal) || name.Contains("_PORT_", StringComparison.Ordinal) || name.EndsWith("_PORT", StringComparison.Ordinal);

    private static string ListOf(string name) =>
        name.LastIndexOf(':') is > 0 and var at && int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? name[..at] : name;

    private static bool CanConvert(Type type, string value)
    {
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value) is not null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static string Kind(Type type) => type switch
    {
        _ when type == typeof(TimeSpan) => "a time such as 00:05:00",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(double) => "a number",
        _ => "a whole number",
    };
}
