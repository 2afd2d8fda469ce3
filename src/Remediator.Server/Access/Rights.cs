namespace Remediator.Server.Access;

/// <summary>All policies there are, one for each role. In Kubernetes each is a verb on <c>incidents.remediator.io</c>.</summary>
internal static class Rights
{
    /// <summary>See status, incidents and their evidence.</summary>
    public const string Get = "get";

    /// <summary>Pause and resume, put dead letters back.</summary>
    public const string Operate = "operate";

    /// <summary>Release steps, allow stopped repairs, judge repairs.</summary>
    public const string Approve = "approve";

    /// <summary>Promote playbooks, make and revoke tokens.</summary>
    public const string Administer = "administer";

    public static IReadOnlyList<Right> All { get; } =
        [new(Get, Role.Viewer), new(Operate, Role.Operator), new(Approve, Role.Approver), new(Administer, Role.Admin)];
}

/// <param name="Name">Of the policy, and of the verb in Kubernetes.</param>
/// <param name="Least">The role that has it, as have those above it.</param>
internal sealed record Right(string Name, Role Least);
