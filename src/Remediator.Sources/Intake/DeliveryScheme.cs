using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Remediator.Sources.Intake;

/// <summary>
/// Authenticates deliveries. The credential is part of a sender's configuration: it delivers alerts and allows nothing else.
/// </summary>
internal sealed partial class DeliveryScheme(
    Credentials credentials, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>Of the scheme, and of the one policy that it serves.</summary>
    public const string Name = "deliver";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        credentials.Accept(Request.Headers.Authorization)
            ? AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, "sender")], Name)), Name))
            : AuthenticateResult.NoResult());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Log.Unauthorized(Logger, Context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
        Response.Headers.WWWAuthenticate = "Bearer, Basic realm=\"remediator\"";
        return IntakeAnswers.Refuse(StatusCodes.Status401Unauthorized, "The credential is missing or wrong.").ExecuteAsync(Context);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 1002,
            Level = LogLevel.Warning,
            Message = "Refused a delivery from {Remote}: the credential is missing or wrong; its sender does not send it again")]
        public static partial void Unauthorized(ILogger logger, string remote);
    }
}
