using System.Text;
using System.Text.Json;
using Remediator.Core.Alerts;

namespace Remediator.Sources.Alertmanager;

/// <summary>What one body holds.</summary>
/// <param name="Rejected">Elements that are no alerts: their text and why.</param>
/// <param name="Truncated">How many alerts Alertmanager left out because of the receiver's <c>max_alerts</c>.</param>
internal sealed record WebhookBody(IReadOnlyList<Alert> Alerts, IReadOnlyList<(string Text, string Reason)> Rejected, int Truncated);

/// <summary>Reads a webhook body of version 4. Unknown fields are passed over; one bad alert does not spoil the others.</summary>
internal static class WebhookReader
{
    private const int LongestRejectedText = 16 * 1024;

    /// <exception cref="FormatException">The body as a whole can never be accepted; the message says why.</exception>
    public static WebhookBody Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return ReadObject(body);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The body is not valid JSON: {e.Message}", e);
        }
    }

    private static WebhookBody ReadObject(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            throw new FormatException("The body is not a JSON object.");

        List<Alert>? alerts = null;
        List<(string, string)> rejected = [];
        var truncated = 0;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("alerts"u8))
                alerts = ReadAlerts(ref reader, body, rejected);
            else if (reader.ValueTextEquals("version"u8))
                CheckVersion(ref reader);
            else if (reader.ValueTextEquals("truncatedAlerts"u8))
                truncated = ReadCount(ref reader);
            else
                reader.Skip();
        }

        // the reader has seen the end of the object; this looks for text after it
        reader.Read();
        return new(alerts ?? throw new FormatException("The body has no array 'alerts'."), rejected, truncated);
    }

    private static void CheckVersion(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is not JsonTokenType.String || !reader.ValueTextEquals("4"u8))
            throw new FormatException("The body's version is not \"4\", the only one that is understood.");
    }

    private static int ReadCount(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.Number && reader.TryGetInt32(out var count))
            return count;

        reader.Skip();
        return 0;
    }

    private static List<Alert> ReadAlerts(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, List<(string, string)> rejected)
    {
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartArray)
            throw new FormatException("The body's 'alerts' is not an array.");

        List<Alert> alerts = [];
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            if (ReadAlert(ref reader, alerts) is { } fault)
                rejected.Add((Text(body[start..(int)reader.BytesConsumed]), fault));
        }

        return alerts;
    }

    /// <returns>Null, or why this element is no alert; the reader stands at the element's end either way.</returns>
    private static string? ReadAlert(ref Utf8JsonReader reader, List<Alert> alerts)
    {
        // a reader is a value: the copy makes the attempt, and where that fails the original skips the element
        var attempt = reader;
        try
        {
            var alert = JsonSerializer.Deserialize(ref attempt, WebhookJson.Default.WebhookAlert);
            reader = attempt;
            if ((alert is null ? "it is null" : alert.Fault()) is { } fault)
                return fault;

            alerts.Add(alert!.ToAlert());
            return null;
        }
        catch (JsonException e)
        {
            reader.Skip();
            return e.Message;
        }
    }

    private static string Text(ReadOnlySpan<byte> raw) =>
        Encoding.UTF8.GetString(raw.Length <= LongestRejectedText ? raw : raw[..LongestRejectedText]);
}
