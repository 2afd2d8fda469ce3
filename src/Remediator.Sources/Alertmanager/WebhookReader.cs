using System.Text;
using System.Text.Json;
using Remediator.Core.Alerts;

namespace Remediator.Sources.Alertmanager;

/// <summary>What one body holds.</summary>
/// <param name="Truncated">How many alerts Alertmanager left out because of the receiver's <c>max_alerts</c>.</param>
internal sealed record DeliveryBody(IReadOnlyList<Alert> Alerts, IReadOnlyList<RejectedElement> Rejected, int Truncated);

/// <summary>An element of <c>alerts</c> that is not taken.</summary>
/// <param name="Limit">The limit that it is beyond; <see cref="NoAlert"/> where it is no alert at all.</param>
internal sealed record RejectedElement(string Text, string Limit, string Reason)
{
    public const string NoAlert = "none";
}

/// <summary>Reads a webhook body of version 4. Unknown fields are passed over; one bad alert does not spoil the others.</summary>
internal static class WebhookReader
{
    private const int LongestRejectedText = 16 * 1024;
    private const int LongestReason = 500;

    /// <exception cref="FormatException">The body as a whole can never be accepted; the message says why.</exception>
    public static DeliveryBody Read(ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        try
        {
            return ReadObject(body, now);
        }
        catch (Exception e) when (IsOfTheText(e))
        {
            throw new FormatException($"The body is not valid JSON: {Short(e.Message)}", e);
        }
    }

    private static DeliveryBody ReadObject(ReadOnlySpan<byte> body, DateTimeOffset now)
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
            return new(RejectedElement.NoAlert, e.Message);
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

    /// <summary>A message may name a label or a status that has a megabyte.</summary>
    private static string Short(string reason) => reason.Length <= LongestReason ? reason : $"{reason[..LongestReason]}…";

    private static string Text(ReadOnlySpan<byte> raw) =>
        Encoding.UTF8.GetString(raw.Length <= LongestRejectedText ? raw : raw[..LongestRejectedText]);
}
