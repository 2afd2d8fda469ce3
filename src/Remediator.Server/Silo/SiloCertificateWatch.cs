using System.Security.Cryptography;

namespace Remediator.Server.Silo;

/// <summary>Uses new certificates of the silo soon after their files have changed: those of cert-manager live for weeks.</summary>
internal sealed partial class SiloCertificateWatch(
    SiloCertificates certificates, TimeProvider time, ILogger<SiloCertificateWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private string _told = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Look();
    }

    private void Look()
    {
        try
        {
            if (certificates.Reload())
                Log.Replaced(logger);
            _told = "";
        }
        catch (CryptographicException e)
        {
            if (_told != e.Message)
                Log.NotUsed(logger, e.Message);
            _told = e.Message;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 8301,
            Level = LogLevel.Information,
            Message = "The silo's certificates were replaced; connections that begin from now on use the new ones")]
        public static partial void Replaced(ILogger logger);

        [LoggerMessage(
            EventId = 8302,
            Level = LogLevel.Error,
            Message = "The silo's new certificates cannot be used; the previous ones stay in use: {Fault}")]
        public static partial void NotUsed(ILogger logger, string fault);
    }
}
