using Microsoft.Extensions.DependencyInjection;

namespace Remediator.Grains.Membership;

/// <summary>
/// What Orleans cannot go on after, above all that its silo was declared dead. Orleans itself would abort the process at once.
/// </summary>
internal sealed class FatalErrors(IServiceProvider services) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => true;

    // the fence is asked for late: it needs the silo's details, which Orleans makes beside this
    public void OnFatalException(object? sender, string? context, Exception? exception) =>
        services.GetRequiredService<Fence>().Trip(exception is null ? $"{context}" : $"{context}: {exception.Message}");
}
