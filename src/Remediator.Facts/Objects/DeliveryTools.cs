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
    private const string OfController = "controller:";

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
        ("kapp", "kapp-controller"),
        ("configsync", "config-sync"),
    ];

    /// <summary>Ends of the names that controllers of any kind write under; a plain <c>manager</c> is what kubebuilder calls one.</summary>
    private static readonly string[] Controllers = ["-controller", "-operator", "controller-manager"];

    /// <param name="setsImage">It has written the image of a container, as one that makes the whole object does.</param>
    /// <returns>Empty for a manager that is no such tool.</returns>
    public static string Of(string manager, bool setsImage) =>
        Known.FirstOrDefault(k => manager.StartsWith(k.Manager, StringComparison.OrdinalIgnoreCase)).Tool
            ?? (setsImage && IsController(manager) ? $"{OfController}{manager}" : "");

    /// <summary>The controller that a tool is; null where it is another tool.</summary>
    public static string? Controller(string tool) =>
        tool.StartsWith(OfController, StringComparison.Ordinal) ? tool[OfController.Length..] : null;

    private static bool IsController(string manager) =>
        manager != "kube-controller-manager"
        && (manager is "manager" or "controller" or "operator"
            || Array.Exists(Controllers, c => manager.EndsWith(c, StringComparison.Ordinal)));
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
            found = found.Length == 0 || (tool.Length > 0 && DeliveryTools.Controller(found) is not null) ? tool : found;
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
        var (manager, setsImage, isOfSubresource) = ("", false, false);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isManager = reader.ValueTextEquals("manager");
            var isSubresource = reader.ValueTextEquals("subresource");
            reader.Read();
            if (isManager && reader.TokenType is JsonTokenType.String)
                manager = reader.GetString()!;
            else if (isSubresource && reader.TokenType is JsonTokenType.String)
                isOfSubresource = !reader.ValueTextEquals("");
            else
                setsImage |= NamesImage(ref reader);
        }

        return isOfSubresource ? "" : DeliveryTools.Of(manager, setsImage);
    }

    /// <summary>Reads past one value.</summary>
    private static bool NamesImage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return false;
        var (found, depth) = (false, reader.CurrentDepth);
        while (reader.Read() && reader.CurrentDepth > depth)
            found |= reader.TokenType is JsonTokenType.PropertyName && reader.ValueTextEquals("f:image");
        return found;
    }
}
