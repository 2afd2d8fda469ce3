using Remediator.Core.Rules;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>A rule with the nodes that can only be checked when everything has been read.</summary>
/// <param name="Rule">Null where it has faults; what it names is checked all the same.</param>
internal sealed record ReadRule(Rule? Rule, FaultList Faults, YamlScalar? Name, YamlScalar? Playbook, IReadOnlyList<YamlScalar> WithKeys);
