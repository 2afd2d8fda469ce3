using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Remediator.Server.Telemetry;

/// <summary>One log line: what every line has comes first and under fixed names, what the message names comes after.</summary>
internal sealed class JsonLines : ITextFormatter
{
    public const string TraceId = "traceid";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly HashSet<string> Fixed = ["time", "level", TraceId, "message", "logger", "event", "exception"];
    private readonly MessageTemplateTextFormatter _message = new("{Message:lj}");

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", logEvent.Timestamp.UtcDateTime);
            json.WriteString("level", logEvent.Level.ToString().ToLowerInvariant());
            json.WriteString(TraceId, Text(logEvent, TraceId));
            json.WriteString("message", Message(logEvent));
            json.WriteString("logger", Text(logEvent, "SourceContext"));
            if (logEvent.Properties.GetValueOrDefault("EventId") is StructureValue id
                && id.Properties.FirstOrDefault(p => p.Name == "Id")?.Value is ScalarValue { Value: int number })
                json.WriteNumber("event", number);
            foreach (var (name, value) in logEvent.Properties.Where(p => p.Key is not ("SourceContext" or "EventId" or TraceId)))
                Write(json, Name(name), value);
            if (logEvent.Exception is { } exception)
                json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>A field of a message must not stand in for one that every line has.</summary>
    private static string Name(string property)
    {
        var name = JsonNamingPolicy.CamelCase.ConvertName(property);
        return Fixed.Contains(name) ? name + "_" : name;
    }

    private string Message(LogEvent logEvent)
    {
        var text = new StringWriter();
        _message.Format(logEvent, text);
        return text.ToString();
    }

    private static string Text(LogEvent logEvent, string property) =>
        logEvent.Properties.GetValueOrDefault(property) is ScalarValue { Value: { } value } ? value.ToString() ?? "" : "";

    private static void Write(Utf8JsonWriter json, string name, LogEventPropertyValue value)
    {
        switch (value)
        {
            case ScalarValue { Value: null }:
                json.WriteNull(name);
                break;
            case ScalarValue { Value: bool flag }:
                json.WriteBoolean(name, flag);
                break;
            case ScalarValue { Value: int or long or short or byte or uint } number:
                json.WriteNumber(name, Convert.ToInt64(number.Value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case ScalarValue { Value: double number } when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case ScalarValue { Value: { } other }:
                json.WriteString(
                    name, other is IFormattable f ? f.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : other.ToString());
                break;
            default:
                json.WriteString(name, value.ToString());
                break;
        }
    }
}
