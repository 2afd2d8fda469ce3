using System.Globalization;
using System.Security.Cryptography;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;
using Remediator.Testing.Machines;

namespace Remediator.Replicas.Tests.Harness;

/// <summary>The files of one set of replicas: a data folder each, and what they share: key, password, one rule and one playbook.</summary>
internal sealed class Workspace : IDisposable
{
    /// <summary>What one second of a playbook means here.</summary>
    private const double DurationScale = 0.02;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("remediator-replicas-");
    private readonly FakeCluster _cluster;
    private readonly PostgresDatabase _database;

    private readonly MachineRoom? _room;

    public Workspace(FakeCluster cluster, PostgresDatabase database, string action, MachineRoom? room)
    {
        (_cluster, _database, _room) = (cluster, database, room);
        _folder.CreateSubdirectory("rules");
        _folder.CreateSubdirectory("playbooks");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path("key.pem"), key.ExportPkcs8PrivateKeyPem());
        new TestAuthority("the CA of these replicas").Issue(_folder.FullName, "silo", "remediator-silo");
        // every workload of these tests is sick, and each is to be repaired
        File.WriteAllText(Path("policy.yaml"), """
            storm: { cluster_workloads: { more_than: 100%, at_least: 10000 } }
            slow_start: { first: 10000, failures: 10000 }
            """);
        File.WriteAllText(Path("rules/crash.yaml"), """
            rules:
              - rule: crash
                alert: KubePodCrashLooping
                when:
                  - on(namespace, workload, workload_kind) container{crashing="true"}
                then:
                  run: crash
            """);
        File.WriteAllText(Path("playbooks/crash.yaml"), $$$"""
            playbook: crash
            resource: [deployment]
            problem: [ 'container{crashing="true"}' ]
            mode: auto
            limits: { attempts: 9 per 1h, cooldown: 30s }
            evidence:
              - use: kubernetes.logs
                with: { previous: true, lines: 20, which: crashing }
            ladder:
              - step: repair it
                {{{action}}}
                verify: { use: kubernetes.workload-ready, within: 4h, stable: 1m }
            escalate: { severity: critical, message: "{{ resource }} keeps crashing" }
            """);
    }

    /// <summary>A process that lives for seconds does not live to see better code, so none is made for it.</summary>
    public IReadOnlyDictionary<string, string> Environment(string replica) =>
        new Dictionary<string, string>(_room?.Environment(replica) ?? new Dictionary<string, string>())
        {
            ["DOTNET_TC_CallCountingDelayMs"] = "4000",
        };

    /// <summary>Which database it is.</summary>
    public IEnumerable<string> OfTheStore() =>
        [.. Set("Journal:Postgres", _database.Connection), .. Set("Journal:PostgresPasswordFile", _database.PasswordFile)];

    public string DataFolder(string replica) => Path($"data-{replica}");

    /// <summary>A file of this set's own.</summary>
    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public IReadOnlyList<string> Arguments(string replica, string postgres, string address, int port, string certificate)
    {
        File.WriteAllText(Path($"kubeconfig-{replica}"), _cluster.Kubeconfig(replica));
        return
        [
            "--mode", "auto",
            "--kubeconfig", Path($"kubeconfig-{replica}"),
            "--rules", Path("rules"),
            "--playbooks", Path("playbooks"),
            "--policy", Path("policy.yaml"),
            .. Set("Cluster:Name", "test"),
            .. Set("Journal:Postgres", postgres),
            .. Set("Journal:PostgresPasswordFile", _database.PasswordFile),
            .. Set("Journal:CheckpointKeyFile", Path("key.pem")),
            .. Set("Silo:Address", address),
            .. Set("Silo:CertificateFile", Path($"{certificate}.crt")),
            .. Set("Silo:KeyFile", Path($"{certificate}.key")),
            .. Set("Silo:CaFile", Path($"{certificate}.ca.crt")),
            .. Set("Silo:Port", port.ToString(CultureInfo.InvariantCulture)),
            .. Set("Engine:DurationScale", DurationScale.ToString(CultureInfo.InvariantCulture)),
            // repairs fail on purpose here
            .. Set("Engine:Demotes", "false"),
            .. Set("Engine:AtOncePerCluster", "1000"),
            .. Set("Engine:AtOncePerNamespace", "1000"),
            .. Set("Facts:PublishEvery", "00:00:00.1"),
            .. Set("Facts:FirstBackoff", "00:00:00.1"),
        ];
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string[] Set(string name, string value) => ["--set", $"{name}={value}"];
}
