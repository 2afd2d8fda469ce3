using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Remediator.Core.Journal;
using Remediator.Sources.Tracing;

namespace Remediator.Sources.Intake;

/// <summary>Reads a body in the form of one source.</summary>
/// <exception cref="FormatException">The body as a whole can never be accepted; the message says why.</exception>
internal delegate DeliveryBody BodyReader(ReadOnlySpan<byte> body, DateTimeOffset now);

/// <summary>
/// Takes in what the sources are sent: what is answered with 200 is in the store. Senders try again after 5xx only, so whatever may
/// succeed later is a 503, and 4xx is for what never can.
/// </summary>
internal sealed partial class DeliveryIntake(
    IInbox inbox, IntakeGate gate, IntakeMetrics metrics, IOptions<IntakeOptions> options, TimeProvider time,
    ILogger<DeliveryIntake> logger)
{
    private readonly IntakeOptions _options = options.Value;

    public async Task<IResult> ReceiveAsync(HttpContext context, BodyReader read)
    {
        if (context.Request.ContentLength > _options.MaxBodyBytes)
            return TooLarge();

        if (context.Request.Headers.ContentEncoding is [{ Length: > 0 } coding, ..]
            && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return NotAcceptable(
                StatusCodes.Status415UnsupportedMediaType, $"Content-Encoding '{coding}' is not supported; send the body unencoded.");

        using var pass = gate.Enter((int)(context.Request.ContentLength ?? _options.MaxBodyBytes));
        return pass is null ? Busy(context, "Too many deliveries are being handled.") : await ReadAsync(context, read);
    }

    private async Task<IResult> ReadAsync(HttpContext context, BodyReader read)
    {
        // the limit here may be above the server's own
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;

        try
        {
            using var buffer = await BodyBuffer.ReadAsync(context.Request, _options.MaxBodyBytes, context.RequestAborted);
            return buffer is null ? TooLarge() : await KeepAsync(context, read(buffer.Bytes, time.GetUtcNow()));
        }
        catch (FormatException e)
        {
            return NotAcceptable(StatusCodes.Status400BadRequest, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            return NotAcceptable(e.StatusCode, e.Message);
        }
    }

    private async Task<IResult> KeepAsync(HttpContext context, DeliveryBody body)
    {
        if (body.Truncated > 0)
            Log.Truncated(logger, body.Truncated);
        var (source, trace, now) = (body.Source, TraceIds.Of(context), time.GetUtcNow());
        try
        {
            if (body.Rejected.Count > 0)
                await RejectAsync(source, body.Rejected, trace, now, context.RequestAborted);

            var (added, refused) = await AddAsync(
                [.. body.Alerts.Select(a => new InboxEntry(a with { Source = source }, source, trace, now))], context.RequestAborted);
            Log.Accepted(logger, added, body.Alerts.Count - added - refused);
            return IntakeAnswers.Kept(added, body.Alerts.Count - added - refused, body.Rejected.Count + refused);
        }
        catch (StoreUnavailableException e)
        {
            return Busy(context, e.Message);
        }
    }

    /// <summary>What the store cannot keep because of its values is a dead letter, and those that came with it are kept.</summary>
    private async Task<(int Added, int Refused)> AddAsync(IReadOnlyList<InboxEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
            return (0, 0);
        try
        {
            return (await inbox.AddAsync(entries, cancellationToken), 0);
        }
        catch (ValuesRefusedException e) when (entries is [var only])
        {
            await RejectAsync(
                only.Source,
                [new(JsonSerializer.Serialize(only.Alert.Labels, IntakeJson.Readable.IReadOnlyDictionaryStringString), "store", e.Message)],
                only.TraceId,
                only.ReceivedAt,
                cancellationToken);
            return (0, 1);
        }
        catch (ValuesRefusedException)
        {
            var (added, refused) = (0, 0);
            foreach (var entry in entries)
            {
                var (one, no) = await AddAsync([entry], cancellationToken);
                (added, refused) = (added + one, refused + no);
            }

            return (added, refused);
        }
    }

    private async Task RejectAsync(
        string source, IReadOnlyList<RejectedElement> rejected, string trace, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await inbox.RejectAsync([.. rejected.Select(r => new RejectedEntry(source, r.Text, r.Reason, trace, now))], cancellationToken);
        foreach (var element in rejected)
        {
            metrics.Rejected(element.Limit);
            Log.Rejected(logger, element.Reason);
        }
    }

    private IResult TooLarge()
    {
        Log.TooLarge(logger, _options.MaxBodyBytes);
        return IntakeAnswers.Refuse(
            StatusCodes.Status413PayloadTooLarge,
            $"The body is longer than {_options.MaxBodyBytes} bytes; set max_alerts at the receiver, or raise "
                + $"{IntakeOptions.Section}:MaxBodyBytes.");
    }

    private IResult NotAcceptable(int status, string reason)
    {
        Log.NotAcceptable(logger, reason);
        return IntakeAnswers.Refuse(status, reason);
    }

    private IResult Busy(HttpContext context, string reason)
    {
        Log.Busy(logger, reason);
        context.Response.Headers.RetryAfter = _options.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return IntakeAnswers.Refuse(StatusCodes.Status503ServiceUnavailable, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1001, Level = LogLevel.Debug, Message = "Alerts accepted: {Accepted}; known already: {Duplicates}")]
        public static partial void Accepted(ILogger logger, int accepted, int duplicates);

        [LoggerMessage(
            EventId = 1003, Level = LogLevel.Warning, Message = "Refused a delivery: {Reason} Its sender does not send it again")]
        public static partial void NotAcceptable(ILogger logger, string reason);

        [LoggerMessage(
            EventId = 1004,
            Level = LogLevel.Error,
            Message = "Refused a delivery longer than {Limit} bytes; its sender does not send it again: set max_alerts at "
                + "the receiver, or raise Sources:Alertmanager:MaxBodyBytes")]
        public static partial void TooLarge(ILogger logger, int limit);

        [LoggerMessage(EventId = 1005, Level = LogLevel.Warning, Message = "Postponed a delivery: {Reason} Its sender sends it again")]
        public static partial void Busy(ILogger logger, string reason);

        [LoggerMessage(EventId = 1006, Level = LogLevel.Warning, Message = "Kept one alert of a delivery as a dead letter: {Reason}")]
        public static partial void Rejected(ILogger logger, string reason);

        [LoggerMessage(
            EventId = 1007,
            Level = LogLevel.Warning,
            Message = "Alertmanager left alerts out of a delivery because of the receiver's max_alerts: {Count}; if its group "
                + "is configured, they are read from its list")]
        public static partial void Truncated(ILogger logger, int count);
    }
}
