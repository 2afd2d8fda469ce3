using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Server.Verbs;

namespace Remediator.Server.Tests.Verbs;

public sealed class StatusVerbTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Status_SaysWhatIsOpen_WhyItWaits_AndWhatIsNotInForce()
    {
        var output = new StringWriter();
        StatusVerb.Write(
            output,
            new()
            {
                Version = "0.1.0",
                Mode = "approve",
                Paused = "big sale",
                VerifiedRuns = new Dictionary<string, int> { ["restart-loop"] = 12, ["stuck-rollout"] = 0 },
                Pauses = [new("namespace shop", "moving house", "ada", Now, Now.AddHours(1))],
                Stuck = new Dictionary<string, string>
                {
                    ["prod/deployment/shop/odd"] = "deployment shop/odd since then: the rules \u001b[2Jare\u202e\nbroken"
                },
                StartedAt = Now.AddHours(-2),
                Uptime = TimeSpan.FromHours(2),
                Cluster = new("prod", "/etc/kubeconfig", ViewState.Ready, Now.AddSeconds(-3), "the watch of pods stands still"),
                Alertmanagers =
                [
                    new(
                        "alertmanager/eu",
                        Now.AddSeconds(-9),
                        "",
                        2,
                        ["silence s1 of bob: the pattern of pod=~\"\\p{Greek}\" cannot be read here, why"],
                        ["silence s2 of bob, until 2026-11-24 12:00Z"]),
                    new("alertmanager/us", Now.AddMinutes(-3), "http://us:9093: no answer within 10 s", 1, [], [], Holds: true),
                    new("alertmanager/new", null, "http://new:9093: Connection refused", 0, [], []),
                ],
                Definitions = new(
                    "abc", null, 9, 6, Now.AddMinutes(-5), false, Now.AddMinutes(-1), [new("rules/a.yaml", 3, 1, "unknown key 'alrt'")]),
                Store = new StoreStatus("", 12, 2),
                Permits = [
                    new("inc1", "cluster prod", Now, "prod/deployment/shop/api"),
                    new("inc1", "namespace prod/shop", Now, "prod/deployment/shop/api")],
                OpenIncidents = [new(
                    "inc1", "prod", "deployment", "shop", "api", "restart-loop", "held", "paused: big sale", Now.AddMinutes(-1), null)],
            },
            Now);

        Assert.Equal(
            """
            remediator   0.1.0, up 2h
            mode         approve
            paused       big sale
            pages        verified runs in a row: restart-loop 12, stuck-rollout 0
            paused       namespace shop is paused by ada until 2026-11-23 13:00:00Z: moving house
            stuck        deployment shop/odd since then: the rules \x1b[2Jare\x202e broken
            cluster      prod, seen 3s ago; the watch of pods stands still
            alerts       alertmanager/eu, 2 silences, read 9s ago
                         unreadable pattern, taken to match: silence s1 of bob: the pattern of pod=~"\p{Greek}" cannot be read here, why
                         not listed any more although nobody has ended it, still in force here: silence s2 of bob, until 2026-11-24 12:00Z
            alerts       alertmanager/us does not answer, 1 silence is 3m old: http://us:9093: no answer within 10 s
                         whether its alerts are silenced is not known, and nothing that they are about is changed before it answers
            alerts       alertmanager/new has never been read: http://new:9093: Connection refused
            definitions  9 rules, 6 playbooks, revision abc, in force since 5m
                         not in force: rules/a.yaml:3:1: unknown key 'alrt'
            store        writable, 12 alerts wait
                         2 deliveries and alerts could not be handled: remediator audit list --dead-letters
            in flight    inc1

            INCIDENT  OPENED                STATUS  RESOURCE             PROBLEM       WHY
            inc1      2026-11-23 11:59:00Z  held    deployment shop/api  restart-loop  paused: big sale

            """,
            output.ToString());
    }
}
