using System.Text;
using System.Text.Json.Nodes;
using Remediator.Actions.Kubernetes.Describe;
using Remediator.Actions.Kubernetes.Revisions;
using Remediator.Actions.Masking;

namespace Remediator.Actions.Tests.Masking;

/// <summary>
/// What is kept of a pod template is kept for ever: no place in it that may hold a secret is shown, whatever stands there.
/// </summary>
public sealed class TemplateSecretsTests
{
    private const string Secret = "hunter2";

    private static JsonObject Template(string secret, string image = "db:1") => JsonNode.Parse($$"""
        {
          "metadata": { "labels": { "app": "db" }, "annotations": { "vault.example.com/role": "{{secret}}", "example.com/license.key": "{{secret}}", "a.name": "{{secret}}" } },
          "spec": {
            "initContainers": [ { "name": "init", "image": "busybox", "command": ["sh", "-c", "mysql -p{{secret}}"] } ],
            "containers": [ {
              "name": "main", "image": "{{image}}",
              "command": ["/bin/db", "-p{{secret}}", "--pass={{secret}}", "--user", "{{secret}}"], "args": ["{{secret}}", "redis-cli -a {{secret}}", "-a", "{{secret}}", "--x {{secret}}"],
              "env": [ { "name": "PLAIN", "value": "{{secret}}" }, { "name": "REF", "valueFrom": { "secretKeyRef": { "name": "db", "key": "pw" } } } ],
              "livenessProbe": { "periodSeconds": 5, "exec": { "command": ["curl", "-u", "a:{{secret}}", "http://x/?k={{secret}}"] } },
              "readinessProbe": { "httpGet": { "port": 80, "path": "/ready?token={{secret}}", "httpHeaders": [ { "name": "X-Key", "value": "{{secret}}" } ] } },
              "lifecycle": { "preStop": { "exec": { "command": ["{{secret}}"] }, "httpGet": { "path": "/stop?{{secret}}", "httpHeaders": [ { "name": "A", "value": "{{secret}}" } ] } } },
              "resources": { "limits": { "memory": "64Mi" } }, "fieldOfTheFuture": "{{secret}}"
            } ],
            "hostAliases": [ { "ip": "1.2.3.4", "hostnames": ["{{secret}}"] } ],
            "volumes": [ { "name": "v", "csi": { "driver": "secrets.example.com", "volumeAttributes": { "account": "{{secret}}", "key": "{{secret}}", "storage.name": "{{secret}}" } } },
                         { "name": "f", "flexVolume": { "driver": "d", "options": { "name": "{{secret}}" } } }, { "name": "i", "iscsi": { "targetPortal": "{{secret}}" } }, { "name": "c", "configMap": { "name": "conf" } } ]
          }
        }
        """)!.AsObject();

    [Fact]
    public void Description_ShowsNoSecret_AndWhichOptionsAndNamesThereAre()
    {
        var text = new StringBuilder();
        TemplateText.Append(text, Template(Secret));

        Assert.DoesNotContain(Secret, text.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            """
            init container init: image busybox
              command: sh -c ***
              limits: none
              requests: none
            container main: image db:1
              command: /bin/db -p*** --pass=*** --user ***
              args: *** *** -a *** --x=***
              limits: memory=64Mi
              requests: none
              livenessProbe: periodSeconds=5, exec curl -u *** ***
              readinessProbe: httpGet HTTP :80/ready with X-Key
              environment: PLAIN, REF of secret db key pw
            volume c: configmap conf

            """,
            text.ToString());
    }

    [Fact]
    public void Difference_OfEveryField_ShowsNoSecret_AndWhereItIs()
    {
        var changes = TemplateDifference.Between("deployment shop/db", Template("other-secret"), Template(Secret, "db:2"));

        Assert.DoesNotContain(
            changes,
            c => $"{c.Before}{c.After}".Contains("secret", StringComparison.Ordinal)
                || $"{c.Before}{c.After}".Contains(Secret, StringComparison.Ordinal));
        Assert.Contains(changes, c => c is { Field: "spec.template.spec.containers[main].image", Before: "db:1", After: "db:2" });
        Assert.Contains(changes, c =>
            c is { Field: "spec.template.spec.volumes[v].csi.volumeAttributes.account", Before: "(not shown)", After: "(not shown)" });
        Assert.Contains(changes, c => c is { Field: "spec.template.spec.containers[main].env[PLAIN].value", Before: "(not shown)" });
    }

    /// <summary>What came or went as a whole is told by its parts.</summary>
    [Fact]
    public void Difference_OfAWholeContainer_ShowsItsName_AndNoSecret()
    {
        var two = Template(Secret);
        two["spec"]!["containers"]!.AsArray().Add(
            new JsonObject { ["name"] = "side", ["env"] = new JsonArray(new JsonObject { ["name"] = "A", ["value"] = Secret }) });

        var changes = TemplateDifference.Between("deployment shop/db", Template(Secret), two);
        Assert.Equal(
            [("name", "side"), ("env[A].name", "A"), ("env[A].value", "(not shown)")],
            changes.Select(c => (c.Field.Replace("spec.template.spec.containers[side].", "", StringComparison.Ordinal), c.After)));
        Assert.All(changes, c => Assert.Equal("", c.Before));

        var bare = Template(Secret);
        bare.Remove("spec");
        var gone = TemplateDifference.Between("d", Template(Secret), bare);
        Assert.All(gone, c => Assert.Equal("", c.After));
        Assert.DoesNotContain(gone, c => c.Before.Contains(Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("exec: mysqldump --all -phunter2 shop: not found", "exec: mysqldump --all -p*** shop: not found")]
    [InlineData("redis-cli -h db -a hunter2 ping failed", "redis-cli -h db -a *** ping failed")]
    [InlineData("sshpass -p hunter2 ssh x", "sshpass -p *** ssh x")]
    [InlineData("curl -u a:hunter2 http://x", "curl -u a:*** http://x")]
    public void CommandLines_InFreeText_AreMaskedWhereTheProgramIsKnown(string text, string masked) =>
        Assert.Equal(masked, SecretMask.Apply(text));
}
