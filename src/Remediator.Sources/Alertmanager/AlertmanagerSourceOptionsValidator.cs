using Microsoft.Extensions.Options;

namespace Remediator.Sources.Alertmanager;

internal sealed class AlertmanagerSourceOptionsValidator : IValidateOptions<AlertmanagerSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertmanagerSourceOptions options) =>
        options.ReconcileEvery >= TimeSpan.FromSeconds(1) && options.ReconcileEvery <= TimeSpan.FromHours(1)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{AlertmanagerSourceOptions.Section}:ReconcileEvery is {options.ReconcileEvery}; set it between 00:00:01 and 01:00:00.");
}
