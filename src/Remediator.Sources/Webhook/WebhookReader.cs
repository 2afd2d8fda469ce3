using System.Text;
using System.Text.Json;
using Remediator.Core.Alerts;
using Remediator.Core.Language;
using Remediator.Sources.Intake;

namespace Remediator.Sources.Webhook;

/// <summary>
/// Reads the webhook's body as Alertmanager defined it (version 4) and Grafana's own alerting took it over (version 1, with fields of its
/// own). Unknown fields are passed over; one bad alert does not spoil the others.
/// </summary>
/// <remarks>A captured body of Grafana: https://github.com/schlauerlauer/alertmanager-webhook-signal/issues/5.</remarks>
internal static class WebhookReader
{
    private const int LongestRejectedText = 16 * 1024;
    private const int LongestReason = 500;
    private const string OtherVersion =
        "The body's version is neither \"4\" (Alertmanager) nor \"1\" (Grafana), the only ones that are understood.";

    /// <param name="source">
    /// Whose alerts they are, unless Grafana wrote the body: those are Grafana's, wherever they were sent.
    /// </param>
    /// <exception cref="FormatException">The body as a whole can never be accepted; the message says why.</exception>
    public static DeliveryBody Read(ReadOnlySpan<byte> body, string source, DateTimeOffset now)
    {
        try
        {
            return ReadObject(body, source, now);
        }
        catch (Exception e) when (IsOfTheText(e))
        {
            throw new FormatException($"The body is not valid JSON: {Short(e.Message)}", e);
        }
    }

    private static DeliveryBody ReadObject(ReadOnlySpan<byte> body, string source, DateTimeOffset now)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            throw new FormatException("The body is not a JSON object.");

        List<Alert>? alerts = null;
        List<RejectedElement> rejected = [];
        var truncated = 0;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("alerts"u8))
                alerts = alerts is null
                    ? ReadAlerts(ref reader, body, rejected, now)
                    : throw new FormatException("The body has 'alerts' twice.");
            else if (reader.ValueTextEquals("version"u8))
                source = SourceByVersion(ref reader, source);
            else if (reader.ValueTextEquals("truncatedAlerts"u8))
                truncated = ReadCount(ref reader);
            else
                reader.Skip();
        }

        // the reader has seen the end of the object; this looks for text after it
        reader.Read();
        return new(source, alerts ?? throw new FormatException("The body has no array 'alerts'."), rejected, truncated);
    }

    private static string SourceByVersion(ref Utf8JsonReader reader, string source)
    {
        reader.Read();
        return reader.TokenType is not JsonTokenType.String ? throw new FormatException(OtherVersion)
            : reader.ValueTextEquals("4"u8) ? source
            : reader.ValueTextEquals("1"u8) ? AlertSource.Grafana
            : throw new FormatException(OtherVersion);
    }

    private static int ReadCount(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.Number && reader.TryGetInt32(out var count))
            return count;

        reader.Skip();
        return 0;
    }

    private static List<Alert> ReadAlerts(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> body, List<RejectedElement> rejected, DateTimeOffset now)
    {
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartArray)
            throw new FormatException("The body's 'alerts' is not an array.");

        List<Alert> alerts = [];
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            if (ReadAlert(ref reader, alerts, now) is { } fault)
                rejected.Add(new(Text(body[start..(int)reader.BytesConsumed]), fault.Limit, Short(fault.Message)));
        }

        return alerts;
    }

    /// <returns>Null, or why this element is not taken; the reader stands at the element's end either way.</returns>
    private static BrokenLimit? ReadAlert(ref Utf8JsonReader reader, List<Alert> alerts, DateTimeOffset now)
    {
        // a reader is a value: the copy makes the attempt, and where that fails the original skips the element
        var attempt = reader;
        Alert alert;
        try
        {
            var read = JsonSerializer.Deserialize(ref attempt, WebhookJson.Default.WebhookAlert);
            reader = attempt;
            if ((read is null ? "it is null" : read.Fault()) is { } fault)
                return new(RejectedElement.NoAlert, fault);
            alert = read!.ToAlert();
        }
        catch (Exception e) when (IsOfTheText(e))
        {
            reader.Skip();
            return new(RejectedElement.NoAlert, WhyNot(e));
        }

        if (AlertLimits.Broken(alert, now) is { } broken)
            return broken;
        alerts.Add(AlertLimits.Cut(alert));
        return null;
    }

    /// <summary>
    /// The JSON reader has several ways to say that a text cannot be read; half of a surrogate pair, say, is an invalid operation to it.
    /// </summary>
    private static bool IsOfTheText(Exception e) =>
        e is JsonException or InvalidOperationException or ArgumentException or OverflowException;

    /// <summary>The reader's own words name types of this program, which say nothing to who looks after the sender.</summary>
    private static string WhyNot(Exception e) =>
        e is JsonException { Path.Length: > 1 } unread
            ? $"{unread.Path} cannot be read; it must be of the type that Alertmanager sends, and be there once"
            : e.Message;

    /// <summary>A message may name a label or a status that has a megabyte.</summary>
    private static string Short(string reason) => Excerpt.Of(reason, LongestReason);

    private static string Text(ReadOnlySpan<byte> raw) =>
        Encoding.UTF8.GetString(raw.Length <= LongestRejectedText ? raw : raw[..LongestRejectedText]);
}
