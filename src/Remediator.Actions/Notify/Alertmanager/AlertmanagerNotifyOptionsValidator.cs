using Microsoft.Extensions.Options;

namespace Remediator.Actions.Notify.Alertmanager;

internal sealed class AlertmanagerNotifyOptionsValidator : IValidateOptions<AlertmanagerNotifyOptions>
{
    private const string Section = AlertmanagerNotifyOptions.Section;

    public ValidateOptionsResult Validate(string? name, AlertmanagerNotifyOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(AlertmanagerNotifyOptions options)
    {
        for (var i = 0; i < options.Urls.Count; i++)
        {
            if (NotifyUrl.Fault(options.Urls[i]) is { } fault)
                yield return $"{Section}:Urls:{i} {fault}.";
        }

        if (options.Username is null != options.PasswordFile is null)
            yield return $"{Section}: Username and PasswordFile belong together; set both or neither.";
        if (options.BearerTokenFile is not null && options.Username is not null)
            yield return $"{Section}: set BearerTokenFile, or Username and PasswordFile, not both.";
        foreach (var (setting, path) in new[] { ("BearerTokenFile", options.BearerTokenFile), ("PasswordFile", options.PasswordFile) })
        {
            if (path is not null && SecretFile.Fault(path) is { } fault)
                yield return $"{Section}:{setting} '{path}' {fault}.";
        }
    }
}
