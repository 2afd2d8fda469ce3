using k8s.Models;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Rules;
using Remediator.Definitions.Tests.Shipped;
using Remediator.Rete;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>A cluster in which a shipped playbook has work, until a decoy makes it none.</summary>
internal sealed class Scene
{
    private static readonly IReadOnlyList<DefinitionSet> Engines =
        [Auto(ShippedFilesTests.ShippedFor(new NativeRuleEngine())), Auto(ShippedFilesTests.ShippedFor(new NRulesEngine()))];

    public Scene(int seed)
    {
        Random = new(seed);
        Case = new("18-create-container-error") { Definitions = Engines[seed % 2], Turn = TimeSpan.FromSeconds(Random.Next(20, 60)) };
        Case.Apply("v1.yaml");
        Deployment.Spec.Replicas = 3;
        Deployment.Spec.Template.Spec.Volumes = null;
        Deployment.Spec.Template.Spec.Containers[0].VolumeMounts = null;
    }

    public Random Random { get; }

    public Case Case { get; }

    public CaseCluster Cluster => Case.Cluster;

    public V1Deployment Deployment => Case.Deployment;

    public V1PodSpec Template => Deployment.Spec.Template.Spec;

    /// <summary>Of the newest revision; changed before it is rolled out.</summary>
    public List<Action<Scene>> BeforeRollOut { get; } = [];

    /// <summary>Once its pods are there.</summary>
    public List<Action<Scene>> Afterwards { get; } = [];

    /// <summary>Pods that the trouble is about.</summary>
    public List<V1Pod> Sick { get; set; } = [];

    public List<V1Pod> Old { get; set; } = [];

    public V1ReplicaSet? Newest { get; set; }

    public double Age { get; set; }

    /// <summary>The container whose limit is near, where descriptors are short.</summary>
    public string ShortContainer { get; set; } = "main";

    public string Alert { get; set; } = "KubePodCrashLooping";

    public (string Decision, string Reason) Judge() => Case.Judge(Case.AlertOf(Alert, Sick[0]));

    public void Change(string kind, params (string Field, string Value)[] values)
    {
        var before = Case.Facts;
        Case.Facts = f => before(f) is var fact && fact.Name == kind ? With(fact, values) : fact;
    }

    /// <summary>Only facts of which something is true.</summary>
    public void Change(Func<Fact, bool> which, params (string Field, string Value)[] values)
    {
        var before = Case.Facts;
        Case.Facts = f => before(f) is var fact && which(fact) ? With(fact, values) : fact;
    }

    private static Fact With(Fact fact, (string Field, string Value)[] values)
    {
        var labels = new Dictionary<string, string>(fact.Labels);
        foreach (var (field, value) in values)
            labels[field] = value;
        return new(fact.Name, labels, fact.Since);
    }

    /// <summary>Strong steps too run without a person, so that each wrong decision is a wrong act.</summary>
    private static DefinitionSet Auto(DefinitionSet shipped) =>
        shipped with { Playbooks = shipped.Playbooks.ToDictionary(p => p.Key, p => p.Value with { Mode = Mode.Auto }) };
}

/// <summary>Something that looks like work for a shipped playbook.</summary>
/// <param name="Set">The cluster in which it is work.</param>
/// <param name="Lay">What makes it none.</param>
/// <param name="Holds">What keeps the engine from it: each alone is enough; without all of them it is fallen for.</param>
/// <param name="MustAct">It only looks like a reason to do nothing: to hold back is the mistake.</param>
internal sealed record JudgedDecoy(
    string Name, Action<Scene> Set, Action<Scene> Lay, IReadOnlyList<Protection> Holds, bool MustAct = false)
{
    public (bool Wrong, string Story) Live(int seed, bool laid, params IEnumerable<Protection> broken)
    {
        var scene = new Scene(seed);
        if (laid)
            Lay(scene);
        Set(scene);
        scene.Afterwards.ForEach(a => a(scene));
        foreach (var protection in broken)
            protection.Break(scene);
        var (decision, reason) = scene.Judge();
        return ((decision == "**does**") != MustAct, $"{decision}: {reason}");
    }
}

internal sealed record Protection(string Name, Action<Scene> Break)
{
    public static Protection Guard(string name) => new($"guard {name}", s => s.Case.LeftOutGuards.Add(name));

    /// <summary>What actions see of the live objects.</summary>
    public static Protection Objections { get; } = new("the action's look at the live objects", s => s.Case.LooksAgain = false);

    public static Protection Proof { get; } = new(
        "the proof against the rollout", s => s.Change("workload", ("rollout_at_fault", "true"), ("previous_was_available", "true")));

    /// <summary>As one that takes each restart for a crash, whosever it is.</summary>
    public static Protection Crashing { get; } = new("the definition of a crash loop", s =>
    {
        var names = s.Sick.Select(p => p.Name()).ToHashSet();
        s.Change(
            f => f.Name is "pod" or "container" && names.Contains(f["pod"]), ("crashing", "true"), ("ready", "false"),
            ("terminating", "false"));
    });

    public static Protection Fact(string name, string kind, params (string Field, string Value)[] values) =>
        new(name, s => s.Change(kind, values));
}
