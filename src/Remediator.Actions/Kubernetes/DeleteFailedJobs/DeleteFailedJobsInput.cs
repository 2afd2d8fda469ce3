namespace Remediator.Actions.Kubernetes.DeleteFailedJobs;

public sealed record DeleteFailedJobsInput;
