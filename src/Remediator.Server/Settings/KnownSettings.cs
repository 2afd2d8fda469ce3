using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Notify.Webhook;
using Remediator.Core.Alerts;
using Remediator.Core.Language;
using Remediator.Definitions.Live;
using Remediator.Facts.Connection;
using Remediator.Facts.Watching;
using Remediator.Journal.Settings;
using Remediator.Sources.Alertmanager;
using Remediator.Sources.Intake;

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
        (IntakeOptions.Section, typeof(IntakeOptions)),
        (AlertmanagerSourceOptions.Section, typeof(AlertmanagerSourceOptions)),
        ($"{AlertmanagerGroup.Section}:*", typeof(AlertmanagerGroup)),
        (WebhookNotifyOptions.Section, typeof(WebhookNotifyOptions)),
        (AwsOptions.Section, typeof(AwsOptions)),
        (FactsOptions.Section, typeof(FactsOptions)),
        (JournalOptions.Section, typeof(JournalOptions)),
    ];

    /// <summary>Options that the program sets itself: a setting of that name would have no effect.</summary>
    private static readonly string[] NotSettable = ["Definitions:Settle", "Definitions:Recheck", "Facts:DurationScale"];

    private static readonly Dictionary<string, Type> ByName = Sections
        .SelectMany(s => s.Options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite)
            .Select(p => (Name: s.Section.Length == 0 ? p.Name : $"{s.Section}:{p.Name}", p.PropertyType)))
        .Where(p => !NotSettable.Contains(p.Name))
        .ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);

    private const string Groups =
        "Alertmanagers are now configured as groups of replicas, in one place for lists, silences and escalations. Set "
            + "Alertmanagers:0:Name=main and ";

    /// <summary>What a setting of an earlier version is called now.</summary>
    private static readonly (string Before, string Now)[] Moved =
    [
        .. new[] { "Sources:Alertmanager:Urls", "Notify:Alertmanager:Urls" }.Select(old =>
            (
                old,
                Groups
                    + "Alertmanagers:0:Urls:0 (one group for each set of replicas), and let its receiver post to "
                        + "/api/v1/alerts/alertmanager/main.")),
        ("Sources:Alertmanager:Receiver", $"{Groups}Alertmanagers:0:Receiver."),
        .. new[] { "BearerTokenFile", "Username", "PasswordFile" }.SelectMany(name =>
            new[] { $"Sources:Alertmanager:Api{name}", $"Notify:Alertmanager:{name}" }.Select(old =>
                (old, $"{Groups}Alertmanagers:0:{name}."))),
    ];

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <returns>Settings that are none, and values that are not of their setting's kind.</returns>
    public static IEnumerable<string> Faults(IConfiguration settings) =>
        settings.AsEnumerable()
            .Where(s => s.Value is not null)
            .Select(s => Fault(s.Key, s.Value!))
            .OfType<string>()
            .Order(StringComparer.Ordinal);

    private static string? Fault(string name, string value)
    {
        if (IsForeign(name))
            return null;
        if (Moved.FirstOrDefault(m => IsWithin(name, m.Before)) is { Now: { } now })
            return $"The setting '{name}' was removed: {now}";
        if (!ByName.TryGetValue(name, out var type) && !ByName.TryGetValue(InLists(name), out type))
            return $"There is no setting '{name}'{Meant(name)}";

        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || !type.IsValueType || CanConvert(type, value)
            ? null
            : $"{name} is '{value}'; expected {Kind(type)}.";
    }

    private static string Meant(string name) =>
        ByName.Keys.FirstOrDefault(k => k.EndsWith($":{name}", StringComparison.OrdinalIgnoreCase)) is { } full
        ? $"; did you mean '{full}'?"
        : Suggestion.For(name, ByName.Keys);

    /// <summary>Variables that carry our prefix and are no settings: of tests, and of Kubernetes for a Service with our name.</summary>
    private static bool IsForeign(string name) =>
        name is "SETTINGS" || name.StartsWith("TEST_", StringComparison.Ordinal)
        || name is "PORT" || name.StartsWith("PORT_", StringComparison.Ordinal)
        || name.Contains("SERVICE_HOST", StringComparison.Ordinal)
            || name.Contains("SERVICE_PORT", StringComparison.Ordinal)
            || name.Contains("_PORT_", StringComparison.Ordinal)
            || name.EndsWith("_PORT", StringComparison.Ordinal);

    private static bool IsWithin(string name, string section) =>
        name.Equals(section, StringComparison.OrdinalIgnoreCase) || name.StartsWith($"{section}:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Without the number of an element at its end, and with <c>*</c> for one before.</summary>
    private static string InLists(string name)
    {
        var parts = name.Split(':')
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? "*" : part)
            .ToList();
        return string.Join(':', parts[^1] == "*" ? parts.SkipLast(1) : parts);
    }

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
