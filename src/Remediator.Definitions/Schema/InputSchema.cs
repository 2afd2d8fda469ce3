using System.Text.Json.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Definitions.Schema;

/// <summary>
/// The <c>with</c> of one action. Every value may be a Liquid text instead, so editors are told of choices and never refuse.
/// </summary>
internal static class InputSchema
{
    public static JsonObject Of(ActionDescriptor action)
    {
        var input = new ActionInputType(action.Input);
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["description"] = action.Summary,
            ["additionalProperties"] = false,
            ["properties"] =
                new JsonObject(input.Keys.Select(k => KeyValuePair.Create<string, JsonNode?>(ActionInputType.Written(k), Value(input, k)))),
        };
        var required = input.Required.Select(k => (JsonNode)ActionInputType.Written(k)).ToArray();
        if (required.Length > 0) schema["required"] = new JsonArray(required);
        return schema;
    }

    private static JsonObject Value(ActionInputType input, string key)
    {
        var type = Nullable.GetUnderlyingType(input.TypeOf(key)) ?? input.TypeOf(key);
        if (type.IsEnum) return OrText(new() { ["enum"] = new JsonArray([.. ActionInputType.Written(type).Select(v => (JsonNode)v)]) });
        if (type == typeof(bool)) return OrText(new() { ["type"] = "boolean" });
        if (type != typeof(int) && type != typeof(long)) return new() { ["type"] = "string" };
        var number = new JsonObject { ["type"] = "integer" };
        if (input.RangeOf(key) is { } range)
        {
            number["minimum"] = JsonValue.Create(Convert.ToInt64(range.Minimum, System.Globalization.CultureInfo.InvariantCulture));
            number["maximum"] = JsonValue.Create(Convert.ToInt64(range.Maximum, System.Globalization.CultureInfo.InvariantCulture));
        }

        return OrText(number);
    }

    private static JsonObject OrText(JsonObject schema) =>
        new() { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "string", ["pattern"] = @"\{[{%]" }) };
}
