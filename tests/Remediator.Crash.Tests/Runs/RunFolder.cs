using System.Globalization;
using Remediator.Journal.Settings;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;

namespace Remediator.Crash.Tests.Runs;

/// <summary>
/// The files of one run: store, kubeconfig, and two playbooks with their rules: one of three steps, the last of which is taken back where
/// it does not help, and one that replaces a machine, which goes on for longer than its call.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    /// <summary>What one second of a playbook means here.</summary>
    private const double DurationScale = 0.02;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("remediator-crash-");
    private int _versions;

    private readonly PostgresDatabase? _database;
    private readonly int _siloPort;

    /// <param name="database">Null where the journal is a file.</param>
    public RunFolder(FakeCluster cluster, PostgresDatabase? database)
    {
        _database = database;
        _siloPort = database is null ? 0 : FreePort.Take();
        _folder.CreateSubdirectory("rules");
        _folder.CreateSubdirectory("playbooks");
        File.WriteAllText(Path("kubeconfig"), cluster.Kubeconfig());
        File.WriteAllText(Path("rules/crash.yaml"), """
            rules:
              - rule: crash
                alert: KubePodCrashLooping{namespace=~"w.*"}
                when:
                  - on(namespace, workload, workload_kind) container{crashing="true"}
                then:
                  run: crash
              - rule: machine
                alert: KubePodCrashLooping{namespace=~"m.*"}
                when:
                  - on(namespace, workload, workload_kind) container{crashing="true"}
                then:
                  run: machine
            """);
        File.WriteAllText(Path("playbooks/machine.yaml"), """
            playbook: machine
            resource: [deployment]
            problem: [ 'container{crashing="true"}' ]
            mode: auto
            limits: { attempts: 9 per 1h, cooldown: 30s }
            ladder:
              - step: replace the machine
                use: testing.replace
                verify: { use: kubernetes.workload-ready, within: 40s, stable: 15s }
                undo_on_failure: true
            escalate: { severity: critical, message: "{{ resource }} keeps crashing on another machine too" }
            """);
        // repairs fail on purpose here, and what fails is not to keep the others from being killed at
        File.WriteAllText(Path("policy.yaml"), "slow_start: { first: 3, failures: 10000 }\n");
        WritePlaybook();
    }

    public string Data => Path("data");

    /// <summary>A new version, as good as the last.</summary>
    public void WritePlaybook() => File.WriteAllText(Path("playbooks/crash.yaml"), $$$"""
        # version {{{++_versions}}}
        playbook: crash
        resource: [deployment]
        problem: [ 'container{crashing="true"}' ]
        mode: auto
        limits: { attempts: 9 per 1h, cooldown: 30s }
        evidence:
          - use: kubernetes.logs
            with: { previous: true, lines: 20, which: crashing }
        ladder:
          - step: evict the bad pod
            use: kubernetes.evict-pod
            with: { which: crashing }
            verify: { use: kubernetes.workload-ready, within: 40s, stable: 15s }
          - step: restart all
            use: kubernetes.rollout-restart
            verify: { use: kubernetes.workload-ready, within: 40s, stable: 15s }
          - step: more memory
            use: kubernetes.raise-memory-limit
            with: { by: 25% }
            verify: { use: kubernetes.workload-ready, within: 40s, stable: 15s }
            undo_on_failure: true
        escalate: { severity: critical, message: "{{ resource }} keeps crashing" }
        """);

    public IReadOnlyList<string> Arguments(string notify, bool talk) =>
    [
        "--mode", "auto",
        "--kubeconfig", Path("kubeconfig"),
        "--rules", Path("rules"),
        "--playbooks", Path("playbooks"),
        "--policy", Path("policy.yaml"),
        .. Set("LogLevel", talk ? "Information" : "Warning"),
        .. Set("Engine:DurationScale", DurationScale.ToString(CultureInfo.InvariantCulture)),
        // repairs fail on purpose here
        .. Set("Engine:Demotes", "false"),
        .. Set("Engine:TakeoverMargin", "00:00:01"),
        // fewer than there are sick resources, so that some wait for a permit
        .. Set("Engine:AtOncePerCluster", "3"),
        .. Set("Facts:PublishEvery", "00:00:00.1"),
        .. Set("Facts:FirstBackoff", "00:00:00.1"),
        .. Set("Journal:CheckpointEvents", "50"),
        .. Set("Notify:Webhook:Url", notify),
        .. _database is null ? [] : OnPostgres(_database),
    ];

    public void Use(JournalOptions options)
    {
        options.DataFolder = Data;
        if (_database is not null)
            (options.Postgres, options.PostgresPasswordFile) = (_database.Connection, _database.PasswordFile);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    private IEnumerable<string> OnPostgres(PostgresDatabase database) =>
    [
        .. Set("Journal:Postgres", database.Connection),
        .. Set("Journal:PostgresPasswordFile", database.PasswordFile),
        // it comes back where it was, as a replica with a name of its own does
        .. Set("Silo:Port", _siloPort.ToString(CultureInfo.InvariantCulture)),
    ];

    private static string[] Set(string name, string value) => ["--set", $"{name}={value}"];
}
