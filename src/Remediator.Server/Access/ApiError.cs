namespace Remediator.Server.Access;

internal sealed record ApiError(string Error);
