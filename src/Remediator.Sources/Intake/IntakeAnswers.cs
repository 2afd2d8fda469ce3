using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Remediator.Sources.Intake;

internal static class IntakeAnswers
{
    public static IResult Kept(int accepted, int duplicates, int rejected) =>
        Results.Json(new(accepted, duplicates, rejected), IntakeJson.Readable.IntakeAnswer, statusCode: StatusCodes.Status200OK);

    public static IResult Refuse(int status, string error) =>
        Results.Json(new(error), IntakeJson.Readable.IntakeRefusal, statusCode: status);
}

internal sealed record IntakeAnswer(int Accepted, int Duplicates, int Rejected);

internal sealed record IntakeRefusal(string Error);

[JsonSerializable(typeof(IntakeAnswer))]
[JsonSerializable(typeof(IntakeRefusal))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class IntakeJson : JsonSerializerContext
{
    /// <summary>Answers are read by people in a terminal and are no part of a page, so quotes may stay quotes.</summary>
    public static IntakeJson Readable { get; } =
        new(new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
