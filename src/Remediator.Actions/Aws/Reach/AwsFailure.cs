using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.Reach;

/// <summary>
/// What a failed call means for the step. One that changes something may be tried again only where AWS says that it did not accept it; in
/// any other case without a clear answer nobody can tell.
/// </summary>
internal static class AwsFailure
{
    /// <summary>
    /// Refused whatever the HTTP status: EC2 answers throttling with 503 and a start that it has no room for with 500, EC2 Auto Scaling a
    /// pending update with 500 (EC2 API, "Error codes"; Auto Scaling API, <c>ResourceContention</c>). What is expired is renewed before
    /// the next call: EC2 says so by <c>RequestExpired</c>, Auto Scaling by <c>ExpiredToken</c>, Systems Manager by
    /// <c>ExpiredTokenException</c> ("Common errors" of each).
    /// </summary>
    private static readonly HashSet<string> NotAccepted = new(StringComparer.Ordinal)
    {
        "RequestLimitExceeded", "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "TooManyRequestsException", "EC2ThrottledException", "SlowDown",
        "ResourceContention", "ScalingActivityInProgress", "PriorRequestNotComplete",
        "RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture", "ExpiredToken", "ExpiredTokenException",
        "InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientCapacity",
        // EC2 says that a machine is stopped before it can be started
        "IncorrectInstanceState",
    };

    public static ActionFailedException From(Exception e, string what, FailureKind whenBroken)
    {
        var said = e is AmazonServiceException { ErrorCode.Length: > 0 } coded
            ? $"AWS answered {(int)coded.StatusCode} {coded.ErrorCode} ({EvidenceText.OneLine(coded.Message, 400)}; request "
                + $"{coded.RequestId})"
            // the SDK's words for what is no answer of the service: "See inner exception for details"
            : e is AmazonServiceException { InnerException: HttpErrorResponseException } other ? $"HTTP status {(int)other.StatusCode}"
            : EvidenceText.OneLine(e.Message, 400);
        return new(Kind(e, whenBroken), $"Could not {what}: {said}.", e);
    }

    /// <summary>A read that failed so may well succeed a moment later.</summary>
    public static bool MayPass(Exception e) => e is HttpRequestException
        || (e is AmazonServiceException said && (NotAccepted.Contains(said.ErrorCode ?? "")
            || said.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError));

    private static FailureKind Kind(Exception e, FailureKind whenBroken) => e switch
    {
        AmazonServiceException coded when NotAccepted.Contains(coded.ErrorCode ?? "") => FailureKind.Transient,
        AmazonServiceException { StatusCode: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } coded
            when coded.ErrorCode is { Length: > 0 } => FailureKind.Permanent,
        _ when WasNotSent(e) => FailureKind.Transient,
        _ => whenBroken,
    };

    /// <summary>There was no connection that it could have been sent over.</summary>
    private static bool WasNotSent(Exception? e) => e switch
    {
        null => false,
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
        } => true,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound } => true,
        NoCredentialsException => true,
        _ => WasNotSent(e.InnerException),
    };
}

/// <summary>Thrown before anything is sent.</summary>
internal sealed class NoCredentialsException(Exception inner) : Exception($"no credentials for AWS were found: {inner.Message}", inner);
