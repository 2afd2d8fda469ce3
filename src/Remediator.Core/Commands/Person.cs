namespace Remediator.Core.Commands;

/// <summary>Which person a journalled name is of, where different people are wanted.</summary>
public static class Person
{
    /// <summary>Who presents the file with the operator's token: whoever can read it.</summary>
    public const string TokenFile = "operator.token";

    /// <summary>Precedes the name by which Kubernetes knows somebody, so that nobody there can be taken for the engine.</summary>
    public const string KubernetesPrefix = "kubernetes:";

    private const string ServiceAccountPrefix = "system:serviceaccount:";

    /// <returns>Null for a name that is of nobody in particular.</returns>
    public static string? Of(string actor)
    {
        if (actor is TokenFile)
        {
            return null;
        }

        // one name in Kubernetes and at a token of ours is one person
        var name = actor.StartsWith(KubernetesPrefix, StringComparison.Ordinal) ? actor[KubernetesPrefix.Length..] : actor;
        // who may run a pod in a namespace may use each of its accounts
        if (name.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal)
            && name.LastIndexOf(':') is var last
            && last > ServiceAccountPrefix.Length)
        {
            name = name[..last];
        }

        return name.ToUpperInvariant();
    }
}
