using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Remediator.Server.Audit;

namespace Remediator.Server.Verbs;

/// <summary>How verbs write: tables for people, JSON for scripts.</summary>
internal static class VerbOutput
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static void WriteJson<T>(this TextWriter writer, T value) => writer.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>Columns as wide as they need to be; the last one as long as it is.</summary>
    public static void WriteTable(this TextWriter writer, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<IReadOnlyList<string>> all = [
            header, .. rows.Select(r => (IReadOnlyList<string>)[.. r.Select(c => PlainText.Of(c.ReplaceLineEndings(" ")))])];
        var widths = header.Select((_, i) => all.Max(r => r[i].Length)).ToArray();
        foreach (var row in all)
            writer.WriteLine(string.Join("  ", row.Select((cell, i) => i == row.Count - 1 ? cell : cell.PadRight(widths[i]))).TrimEnd());
    }
}
