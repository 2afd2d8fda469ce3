namespace Remediator.Server.Access;

/// <summary>What a principal of ours may do; each role may do all that those before it may.</summary>
internal enum Role { Viewer, Operator, Approver, Admin }
