using Microsoft.Extensions.Options;
using Remediator.Core.Language;
using Remediator.Server.Pausing;
using Remediator.Server.Settings;
using Serilog.Events;

namespace Remediator.Server.Serve;

internal sealed class ServerOptionsValidator : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(ServerOptions options)
    {
        var urls = options.Listen.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (urls.Length == 0)
            yield return "Listen is empty; set an address such as http://127.0.0.1:8642.";
        foreach (var url in urls.Where(
            u => !Uri.TryCreate(u, UriKind.Absolute, out var uri) || uri.Scheme is not "http" || uri.PathAndQuery is not "/"))
            yield return $"Listen: '{url}' is not an address such as http://127.0.0.1:8642 (for TLS put a proxy in front of it).";
        if (options.OperatorTokenFile.Length > 0 && TokenFile.Fault(options.OperatorTokenFile) is { } fault)
            yield return $"OperatorTokenFile '{options.OperatorTokenFile}': {fault}";
        if (PauseFile.Fault(
            options.PauseFile.Length > 0 ? options.PauseFile : Path.Combine(options.DataFolder, DataFolder.PauseFileName),
            named: options.PauseFile.Length > 0) is { } unfit)
            yield return $"PauseFile: {unfit}";
        if (options.ExternalUrl.Length > 0
            && !(Uri.TryCreate(options.ExternalUrl, UriKind.Absolute, out var external) && external.Scheme is "http" or "https"))
            yield return $"ExternalUrl is '{options.ExternalUrl}'; set an address such as https://remediator.example.com.";
        if (!Word.TryParse<LogEventLevel>(options.LogLevel, out _))
            yield return $"LogLevel is '{options.LogLevel}'; set one of {string.Join(", ", Enum.GetNames<LogEventLevel>())}.";
    }
}
