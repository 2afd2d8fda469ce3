using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Remediator.Server.Access;

/// <summary>Authenticates people and their tools by a bearer token, before the body of their request is read.</summary>
internal sealed partial class CallerScheme(
    IEnumerable<ICredential> credentials, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "caller";

    private const string Bearer = "Bearer ";
    private const int LongestToken = 16 * 1024;

    public static readonly Refusal Missing = new(
        StatusCodes.Status401Unauthorized,
        "A token is missing: send 'Authorization: Bearer TOKEN'. The verbs send the one in operator.token of the data "
            + "folder, or in the file that the setting TokenFile names.");
    private static readonly Refusal Wrong = new(
        StatusCodes.Status401Unauthorized,
        "The token is wrong, has expired or was revoked; 'remediator token list' shows those that are valid.");

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();

        var token = header[Bearer.Length..].Trim();
        foreach (var credential in token.Length is > 0 and <= LongestToken ? credentials : [])
        {
            switch (await credential.AuthenticateAsync(token, Context.RequestAborted))
            {
                case { Caller: { } caller }:
                    return AuthenticateResult.Success(new(caller, Name));
                case { Refusal: { } refusal }:
                    return Refused(refusal);
            }
        }

        return Refused(Wrong);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var refusal = Context.Features.Get<Refusal>() ?? Missing;
        if (refusal.Status == StatusCodes.Status401Unauthorized)
            Response.Headers.WWWAuthenticate = "Bearer realm=\"remediator\"";
        Log.Refused(Logger, Context.Connection.RemoteIpAddress?.ToString() ?? "unknown", refusal.Reason);
        return refusal.ToResult().ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        (Context.Features.Get<Refusal>() ?? new(StatusCodes.Status403Forbidden, "This is not allowed.")).ToResult().ExecuteAsync(Context);

    private AuthenticateResult Refused(Refusal refusal)
    {
        Context.Features.Set(refusal);
        return AuthenticateResult.Fail(refusal.Reason);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 8203, Level = LogLevel.Warning, Message = "Refused a caller from {Remote}: {Reason}")]
        public static partial void Refused(ILogger logger, string remote, string reason);
    }
}
