namespace Remediator.Definitions.Tests;

internal static class Samples
{
    public const string Playbook = """
        playbook: restart-loop
        resource: [deployment, statefulset]
        problem: [ 'container{crashing="true"}' ]
        mode: approve
        limits: { attempts: 2 per 24h, cooldown: 30m }
        evidence:
          - use: kubernetes.logs
            with: { previous: true, lines: 200 }
        ladder:
          - step: evict the one bad pod
            when: [ 'count(container{crashing="true"}) == 1' ]
            use: kubernetes.evict-pod
            with: { which: crashing }
            verify: { use: kubernetes.workload-ready, within: 5m, stable: 2m }
          - step: raise the limit
            when: 'evidence{reason="OOMKilled"}'
            use: kubernetes.raise-memory-limit
            with: { by: 25%, ceiling: "{{ params.ceiling }}" }
            undo_on_failure: true
            approval_within: 1h
            after: 20m
            verify: { use: kubernetes.workload-ready, within: 10m, stable: 5m }
        escalate: { severity: critical, message: "{{ resource }} keeps restarting: {{ evidence.reason }}" }

        """;

    public const string Rules = """
        rules:
          - rule: pod-crash-restart
            alert: KubePodCrashLooping{namespace!~"kube-.*"}
            when:
              - on(namespace, workload, workload_kind) container{crashing="true"}
            for: 2m
            then:
              run: restart-loop
              with: { ceiling: 4Gi }

          - rule: zone-storm
            priority: 100
            alert: '{zone!=""}'
            when:
              - count(on(zone) node{ready="false"}) / count(on(zone) node) > 30%
              - count(on(zone) node{ready="false"}) >= 3
            then:
              escalate: more than 30% of the nodes of {{ zone }} are not ready
              group: [zone]

        """;

    public static DefinitionFolder Folder() =>
        new DefinitionFolder().With("playbooks/restart-loop.yaml", Playbook).With("rules/rules.yaml", Rules);
}
