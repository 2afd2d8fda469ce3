using Microsoft.Extensions.Options;

namespace Remediator.Actions.Notify.Webhook;

internal sealed class WebhookNotifyOptionsValidator : IValidateOptions<WebhookNotifyOptions>
{
    private const string Section = WebhookNotifyOptions.Section;

    public ValidateOptionsResult Validate(string? name, WebhookNotifyOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(WebhookNotifyOptions options)
    {
        if (options.Url is { } url && NotifyUrl.Fault(url) is { } wrong)
            yield return $"{Section}:Url {wrong}.";
        if (options.Url is null && (options.SecretFile is not null || options.BearerTokenFile is not null))
            yield return $"{Section}: Url is missing.";
        foreach (var (setting, path) in new[] { ("SecretFile", options.SecretFile), ("BearerTokenFile", options.BearerTokenFile) })
        {
            if (path is not null && Notify.SecretFile.Fault(path) is { } fault)
                yield return $"{Section}:{setting} '{path}' {fault}.";
        }
    }
}
