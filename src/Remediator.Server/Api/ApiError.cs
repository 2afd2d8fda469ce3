namespace Remediator.Server.Api;

internal sealed record ApiError(string Error);
