using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Tests.Kubernetes;

internal static class Requests
{
    public static ActionRequest For(
        object input, FactView? facts = null, string kind = "statefulset", string name = "api", string space = "shop") => new()
    {
        ActionId = "act-1",
        IncidentId = "inc-1",
        Resource = new("test", kind, space, name),
        Input = input,
        Facts = facts ?? FactView.Empty,
        NotAfter = TestPods.Now.AddMinutes(3),
    };
}
