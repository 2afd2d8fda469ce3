using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Remediator.Facts.Objects;

/// <summary>One copy of every text that thousands of objects repeat: namespaces, images, label values.</summary>
internal static class SharedStrings
{
    private const int MostTexts = 100_000;
    private const int LongestText = 256;

    private static readonly ConcurrentDictionary<string, string> Texts = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Texts.GetAlternateLookup<ReadOnlySpan<char>>();

    public static string Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Null)
            return "";
        if (reader.HasValueSequence || reader.ValueSpan.Length > LongestText)
            return reader.GetString() ?? "";

        Span<char> buffer = stackalloc char[LongestText];
        var text = buffer[..reader.CopyString(buffer)];
        if (text.IsEmpty)
            return "";
        if (Lookup.TryGetValue(text, out var shared))
            return shared;

        if (Texts.Count >= MostTexts)
            Texts.Clear();
        return Texts.GetOrAdd(text.ToString(), t => t);
    }
}

internal sealed class SharedStringConverter : JsonConverter<string>
{
    public override bool HandleNull => true;

    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        SharedStrings.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

internal class LabelsConverter : JsonConverter<IReadOnlyDictionary<string, string>>
{
    public override bool HandleNull => true;

    protected virtual bool Keeps(string key) => true;

    public override IReadOnlyDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is JsonTokenType.Null)
            return ObjectMeta.NoLabels;
        if (reader.TokenType is not JsonTokenType.StartObject)
            throw new JsonException($"Expected an object, found {reader.TokenType}.");

        Dictionary<string, string>? labels = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var key = SharedStrings.Read(ref reader);
            reader.Read();
            if (Keeps(key))
                (labels ??= new(StringComparer.Ordinal))[key] = ReadValue(ref reader);
        }

        return labels ?? ObjectMeta.NoLabels;
    }

    /// <summary>A quantity such as a CPU limit may be written as a bare number.</summary>
    private static string ReadValue(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number
            ? Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan)
            : SharedStrings.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.ToDictionary(), options);
}

/// <summary>
/// Keeps the annotations that decide something; others (a whole applied manifest, say) would cost more memory than all the rest.
/// </summary>
internal sealed class AnnotationsConverter : LabelsConverter
{
    private static readonly string[] Prefixes =
        ["remediator.io/", "deployment.kubernetes.io/", "argocd.argoproj.io/", "kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/",
        "meta.helm.sh/",
        "weave.works/", "remediation.medik8s.io/", "cluster.x-k8s.io/", "karpenter.sh/"];

    protected override bool Keeps(string key) =>
        key is "owner" or "helm.sh/hook" || Prefixes.Any(p => key.StartsWith(p, StringComparison.Ordinal));
}
