using Microsoft.Extensions.Options;

namespace Remediator.Sources.Alertmanager;

/// <summary>Names every fault with its setting and what to do, all of them at once.</summary>
internal sealed class AlertmanagerSourceOptionsValidator : IValidateOptions<AlertmanagerSourceOptions>
{
    private const string Section = AlertmanagerSourceOptions.Section;

    public ValidateOptionsResult Validate(string? name, AlertmanagerSourceOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(AlertmanagerSourceOptions options) => [.. Credentials(options), .. Ranges(options)];

    private static IEnumerable<string> Credentials(AlertmanagerSourceOptions options)
    {
        if (options.BearerTokenFile is null && options.Username is null)
            yield return $"{Section}: set BearerTokenFile, or Username and PasswordFile: without a credential nobody can deliver alerts.";
        if (options.Username is null != options.PasswordFile is null)
            yield return $"{Section}: Username and PasswordFile belong together; set both or neither.";
        foreach (var (setting, path) in new[] { ("BearerTokenFile", options.BearerTokenFile), ("PasswordFile", options.PasswordFile) })
        {
            if (path is not null && SecretFile.Fault(path) is { } fault)
                yield return $"{Section}:{setting} '{path}': {fault}";
        }
    }

    private static IEnumerable<string> Ranges(AlertmanagerSourceOptions options)
    {
        (string Setting, int Value, int Least, int Most)[] ranges =
        [
            (nameof(options.MaxBodyBytes), options.MaxBodyBytes, 1024, 64 * 1024 * 1024),
            (nameof(options.MaxConcurrentRequests), options.MaxConcurrentRequests, 1, 10_000),
            (nameof(options.MaxBytesInFlight), options.MaxBytesInFlight, options.MaxBodyBytes, int.MaxValue),
            (nameof(options.RetryAfterSeconds), options.RetryAfterSeconds, 1, 300),
        ];
        return from r in ranges
               where r.Value < r.Least || r.Value > r.Most
               select $"{Section}:{r.Setting} is {r.Value}; set it between {r.Least} and {r.Most}.";
    }
}
