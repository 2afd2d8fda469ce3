using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Views;

/// <summary>On the replica that leads: writes down which tokens have expired. They let nobody in from the moment on that they do.</summary>
internal sealed partial class TokenExpiry(TokenView tokens, Leader leader, TimeProvider time, ILogger<TokenExpiry> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await leader.LeadingAsync(stoppingToken);
            try
            {
                await tokens.ExpireAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.NotTold(logger, e);
            }

            await Task.Delay(Every, time, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2802, Level = LogLevel.Warning, Message = "Expired tokens could not be journalled; trying again soon")]
        public static partial void NotTold(ILogger logger, Exception e);
    }
}
