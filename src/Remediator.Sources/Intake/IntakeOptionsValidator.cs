using Microsoft.Extensions.Options;

namespace Remediator.Sources.Intake;

/// <summary>Names every fault with its setting and what to do, all of them at once.</summary>
internal sealed class IntakeOptionsValidator : IValidateOptions<IntakeOptions>
{
    private const string Section = IntakeOptions.Section;

    public ValidateOptionsResult Validate(string? name, IntakeOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(IntakeOptions options) => [.. Credentials(options), .. Ranges(options)];

    private static IEnumerable<string> Credentials(IntakeOptions options)
    {
        if (options.BearerTokenFile is null && options.Username is null)
            yield return $"{Section}: set BearerTokenFile, or Username and PasswordFile: without a credential nobody can deliver alerts.";
        if (options.Username is null != options.PasswordFile is null)
            yield return $"{Section}: Username and PasswordFile belong together; set both or neither.";
        foreach (var (setting, path) in new[] { ("BearerTokenFile", options.BearerTokenFile), ("PasswordFile", options.PasswordFile) })
        {
            if (path is not null && CredentialFile.Fault(path) is { } fault)
                yield return $"{Section}:{setting} '{path}': {fault}";
        }
    }

    private static IEnumerable<string> Ranges(IntakeOptions options)
    {
        (string Setting, int Value, int Least, int Most)[] ranges =
        [
            (nameof(options.MaxBodyBytes), options.MaxBodyBytes, 1024, 64 * 1024 * 1024),
            (nameof(options.MaxConcurrentRequests), options.MaxConcurrentRequests, 1, 10_000),
            (nameof(options.MaxBytesInFlight), options.MaxBytesInFlight, options.MaxBodyBytes, int.MaxValue),
            (nameof(options.RetryAfterSeconds), options.RetryAfterSeconds, 1, 300),
        ];
        foreach (var (setting, value, least, most) in ranges.Where(r => r.Value < r.Least || r.Value > r.Most))
            yield return $"{Section}:{setting} is {value}; set it between {least} and {most}.";
    }
}
