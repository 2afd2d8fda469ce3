using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Remediator.Server.Tests.Intake;

/// <summary>
/// Bodies of webhooks that somebody has damaged: in their structure, their types, their texts, their bytes and their size. The same for the
/// same seed.
/// </summary>
internal sealed class MutatedBodies(int seed)
{
    private static readonly string[] Words = [
        "alertname", "namespace", "pod", "severity", "instance", "version", "alerts", "labels", "annotations", "startsAt", "endsAt",
        "status", "fingerprint", "generatorURL", "truncatedAlerts"];

    private static readonly string[] Literals =
    [
        "null", "true", "-0", "1e999", "-1", "9223372036854775808", "1.5", "NaN", "[]", "{}", "[[[]]]", "\"\"", "\"4\"", "\"firing\"",
        "\"resolved\"", "\"\\ud800\"", "\"\\udfff x\"", "\"\\ud83d\\ude00\"", "\"\\u0000\"",
        "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999-14:00\"", "\"2026-02-30T00:00:00Z\"", "\"2026-11-23T10:00:00+99:00\"",
        "\"10000-01-01T00:00:00Z\"", "\"1969-12-31T00:00:00Z\"", "\"2199-01-01T00:00:00Z\"",
    ];

    private static readonly byte[][] Bytes =
        [
            [0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], [0xf4, 0x90, 0x80, 0x80], "\\u"u8.ToArray(),
            "\\ud800"u8.ToArray(), "\""u8.ToArray(), "{"u8.ToArray(), "]"u8.ToArray(), ","u8.ToArray(), "/*"u8.ToArray()];

    private readonly Random _random = new(seed);
    private int _made;

    public byte[] Next()
    {
        var body = Body();
        var damages = _random.Next(0, 4);
        for (var i = 0; i < damages; i++)
        {
            DamageTree(body);
        }

        var bytes = Encoding.UTF8.GetBytes(Written(body));
        return _random.Next(3) == 0 ? DamageBytes(bytes) : bytes;
    }

    private JsonObject Body()
    {
        var alerts = new JsonArray();
        for (var i = _random.Next(0, 5); i > 0; i--)
        {
            alerts.Add(Alert());
        }

        return new() {
            ["version"] = "4",
            ["receiver"] = "remediator",
            ["truncatedAlerts"] = 0,
            ["alerts"] = alerts,
            ["groupLabels"] = new JsonObject { ["alertname"] = "A" } };
    }

    private JsonObject Alert()
    {
        var number = _made++;
        var alert = new JsonObject
        {
            ["status"] = _random.Next(2) == 0 ? "firing" : "resolved",
            ["labels"] = new JsonObject {
                ["alertname"] = $"A{number % 50}",
                ["namespace"] = "shop",
                ["pod"] = $"api-{number}",
                ["note"] = "größer \u00e9\ud83d\ude00" },
            ["annotations"] = new JsonObject { ["summary"] = "it is broken" },
            ["startsAt"] = "2026-11-23T10:00:00.123Z",
            ["endsAt"] = "0001-01-01T00:00:00Z",
            ["generatorURL"] = "http://prometheus/graph",
        };
        if (_random.Next(2) == 0)
            alert["fingerprint"] = number.ToString("x16", CultureInfo.InvariantCulture);
        return alert;
    }

    /// <summary>Texts that no tree can hold, such as half a surrogate pair, stand in it as a mark and their place in the list.</summary>
    private static string Written(JsonNode body)
    {
        var text = body.ToJsonString();
        for (var i = 0; i < Literals.Length; i++)
        {
            text = text.Replace($"\"@literal{i}@\"", Literals[i], StringComparison.Ordinal);
        }

        return text.Replace("@high@", "\\ud800", StringComparison.Ordinal)
            .Replace("@twice@", "alertname", StringComparison.Ordinal)
            .Replace("@alerts@", "alerts", StringComparison.Ordinal);
    }

    private void DamageTree(JsonObject body)
    {
        var objects = body.Descendants().Append(body).OfType<JsonObject>().ToList();
        var at = objects[_random.Next(objects.Count)];
        var keys = at.Select(p => p.Key).ToList();
        var key = keys.Count == 0 ? "x" : keys[_random.Next(keys.Count)];
        switch (_random.Next(11))
        {
            case 0: at.Remove(key); break;
            case 1: at[key] = $"@literal{_random.Next(Literals.Length)}@"; break;
            case 2: at[Words[_random.Next(Words.Length)]] = $"@literal{_random.Next(Literals.Length)}@"; break;
            case 3: at[key] = Nested(_random.Next(1, 90)); break;
            case 4: at[key] = $"half @high@ of a pair"; break;
            case 5: at["a@high@"] = "a name that is none"; break;
            case 6: at["@twice@"] = "twice"; break;
            case 7: at[key] = new string('x', _random.Next(1, 40) * 500); break;
            case 8: at[new string('n', _random.Next(1, 5) * 500)] = "a long name"; break;
            case 9: at["@alerts@"] = new JsonArray(Alert()); break;
            default: Crowd(at); break;
        }
    }

    private void Crowd(JsonObject at)
    {
        for (var i = _random.Next(20, 200); i > 0; i--)
        {
            at[$"more{i}"] = $"{i}";
        }
    }

    private static JsonNode Nested(int depth) => depth == 0 ? new JsonObject() : new JsonArray(Nested(depth - 1));

    private byte[] DamageBytes(byte[] bytes)
    {
        var at = _random.Next(bytes.Length);
        var put = Bytes[_random.Next(Bytes.Length)];
        return _random.Next(6) switch
        {
            0 => bytes[..at],
            1 => [.. bytes[..at], .. put, .. bytes[at..]],
            2 => [.. bytes[..at], .. put, .. bytes[Math.Min(bytes.Length, at + put.Length)..]],
            3 => [.. bytes, .. put],
            4 => [.. bytes, .. Encoding.ASCII.GetBytes(new string(' ', _random.Next(2) == 0 ? 100 : IntakeServer.MaxBodyBytes))],
            _ => [.. bytes[..at], (byte)_random.Next(256), .. bytes[Math.Min(bytes.Length, at + 1)..]],
        };
    }
}

internal static class JsonTree
{
    public static IEnumerable<JsonNode> Descendants(this JsonNode node)
    {
        var children = node switch
        {
            JsonObject o => o.Select(p => p.Value),
            JsonArray a => a,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(child => child.Descendants().Prepend(child));
    }
}
