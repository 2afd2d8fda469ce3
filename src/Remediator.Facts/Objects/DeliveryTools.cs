using System.Text.Json;
using System.Text.Json.Serialization;

namespace Remediator.Facts.Objects;

/// <summary>
/// Tools that put an object back as their source has it, known by the name under which they write. Labels alone do not tell: Argo CD before
/// 3.0 marks what it owns with a label that every chart sets.
/// </summary>
internal static class DeliveryTools
{
    public const string ArgoCd = "argocd";
    public const string Flux = "flux";

    /// <summary>Beginnings of the names of field managers.</summary>
    private static readonly (string Manager, string Tool)[] Known =
    [
        ("argocd", ArgoCd),
        ("kustomize-controller", Flux),
        ("helm-controller", Flux),
        ("gotk-", Flux),
        ("flagger", "flagger"),
        ("rollouts-controller", "argo-rollouts"),
        ("fleetagent", "fleet"),
        ("fleet-agent", "fleet"),
        ("kapp-controller", "kapp-controller"),
    ];

    /// <returns>Empty for a manager that is no such tool.</returns>
    public static string Of(string manager) =>
        Known.FirstOrDefault(k => manager.StartsWith(k.Manager, StringComparison.OrdinalIgnoreCase)).Tool ?? "";
}

/// <summary>Reads the list of managers and keeps one of a few words.</summary>
internal sealed class DeliveryToolConverter : JsonConverter<string>
{
    public override bool HandleNull => true;

    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            reader.Skip();
            return "";
        }

        var found = "";
        while (reader.Read() && reader.TokenType is JsonTokenType.StartObject)
        {
            var tool = OfEntry(ref reader);
            found = found.Length == 0 ? tool : found;
        }

        return found;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteEndArray();
    }

    /// <summary>What a tool wrote into the status is no sign that it owns the object.</summary>
    private static string OfEntry(ref Utf8JsonReader reader)
    {
        var (tool, isOfStatus) = ("", false);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isManager = reader.ValueTextEquals("manager");
            var isSubresource = reader.ValueTextEquals("subresource");
            reader.Read();
            if (isManager && reader.TokenType is JsonTokenType.String)
                tool = DeliveryTools.Of(reader.GetString()!);
            else if (isSubresource && reader.TokenType is JsonTokenType.String)
                isOfStatus = !reader.ValueTextEquals("");
            else
                reader.Skip();
        }

        return isOfStatus ? "" : tool;
    }
}
