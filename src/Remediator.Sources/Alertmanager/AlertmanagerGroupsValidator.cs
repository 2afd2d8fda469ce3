using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;

namespace Remediator.Sources.Alertmanager;

/// <summary>Names every fault with its setting and what to do, all of them at once.</summary>
internal sealed partial class AlertmanagerGroupsValidator : IValidateOptions<AlertmanagerGroups>
{
    public ValidateOptionsResult Validate(string? name, AlertmanagerGroups options)
    {
        var faults = options.All.SelectMany((group, i) => Faults(group, $"{AlertmanagerGroup.Section}:{i}"))
            .Concat(Twice(options))
            .ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    internal static partial Regex Name { get; }

    private static IEnumerable<string> Faults(AlertmanagerGroup group, string section)
    {
        if (!Name.IsMatch(group.Name))
            yield return $"{section}:Name is '{group.Name}'; use lower-case letters, digits and hyphens, such as main or eu-west-1.";
        for (var i = 0; i < group.Urls.Count; i++)
        {
            if (Fault(group.Urls[i]) is { } fault)
                yield return $"{section}:Urls:{i} '{group.Urls[i]}' {fault}.";
        }

        if (group.Receiver.Length == 0)
            yield return $"{section}:Receiver is empty; set the name of our receiver in this Alertmanager's configuration.";
        if (group.Username is null != group.PasswordFile is null)
            yield return $"{section}: Username and PasswordFile belong together; set both or neither.";
        if (group.BearerTokenFile is not null && group.Username is not null)
            yield return $"{section}: set BearerTokenFile, or Username and PasswordFile, not both.";
        foreach (var (setting, path) in new[] { ("BearerTokenFile", group.BearerTokenFile), ("PasswordFile", group.PasswordFile) })
        {
            if (path is not null && !File.Exists(path))
                yield return $"{section}:{setting} '{path}': there is no such file.";
        }
    }

    /// <summary>One that is in two groups would prove for each what it knows of the other alone.</summary>
    private static IEnumerable<string> Twice(AlertmanagerGroups options)
    {
        foreach (var name in options.All.GroupBy(g => g.Name).Where(g => g.Count() > 1))
            yield return $"{AlertmanagerGroup.Section}: two groups are named '{name.Key}'; give each a name of its own.";
        foreach (var url in options.All.SelectMany(g => g.Urls).GroupBy(u => u.TrimEnd('/')).Where(u => u.Count() > 1))
            yield return $"{AlertmanagerGroup.Section}: '{url.Key}' is listed twice; a group lists the replicas of one "
                + $"Alertmanager, and each belongs to one group.";
    }

    private static string? Fault(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) switch
    {
        false => "is not an address such as http://alertmanager:9093",
        true when uri!.Scheme is not ("http" or "https") => "is neither http nor https",
        true when uri!.UserInfo.Length > 0 => "contains a credential; name a file for it instead",
        _ => null,
    };
}
