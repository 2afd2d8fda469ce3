namespace Remediator.Server.Access;

/// <summary>Why a request is refused, where authentication or authorization knows more than that it is.</summary>
internal sealed record Refusal(int Status, string Reason)
{
    public IResult ToResult() => Results.Json(new ApiError(Reason), statusCode: Status);
}
