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

    private static IEnumerable<string> Faults(AlertmanagerSourceOptions options) => [.. Credentials(options), .. Lists(options), .. Ranges(options)];

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

    private static IEnumerable<string> Lists(AlertmanagerSourceOptions options)
    {
        for (var i = 0; i < options.Urls.Count; i++)
        {
            if (!Uri.TryCreate(options.Urls[i], UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                yield return $"{Section}:Urls:{i} '{options.Urls[i]}' is not an address such as http://alertmanager:9093.";
        }

        if (options.ApiUsername is null != options.ApiPasswordFile is null)
            yield return $"{Section}: ApiUsername and ApiPasswordFile belong together; set both or neither.";
        if (options.ApiBearerTokenFile is not null && options.ApiUsername is not null)
            yield return $"{Section}: set ApiBearerTokenFile, or ApiUsername and ApiPasswordFile, not both.";
        foreach (var (setting, path) in new[] { ("ApiBearerTokenFile", options.ApiBearerTokenFile), ("ApiPasswordFile", options.ApiPasswordFile) })
        {
            if (path is not null && !File.Exists(path))
                yield return $"{Section}:{setting} '{path}': there is no such file.";
        }

        if (options.Receiver.Length == 0)
            yield return $"{Section}:Receiver is empty; set the name that Alertmanager's configuration gives our receiver.";
        if (options.ReconcileEvery < TimeSpan.FromSeconds(1) || options.ReconcileEvery > TimeSpan.FromHours(1))
            yield return $"{Section}:ReconcileEvery is {options.ReconcileEvery}; set it between 00:00:01 and 01:00:00.";
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
