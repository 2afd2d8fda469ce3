using System.Text;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Reboot;
using Remediator.Actions.Hosts.Units;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;

namespace Remediator.Actions.Hosts.DescribeMachine;

/// <summary>Keeps what a machine says of itself elsewhere: a restart or a new machine takes it away.</summary>
internal sealed class DescribeMachineAction(Machines machines, TimeProvider time) : IReadAction
{
    private const int Most = 24_000;

    private static readonly HostScript Script = new("describe-machine.sh");

    private static readonly IReadOnlyList<(string Word, string Title)> Parts =
    [
        ("state", "State"), ("failed", "Failed units"), ("hangs", "Processes that hang in the kernel"), ("kernel", "Kernel"),
        ("error", "Errors"), ("last", "Last lines of the journal"),
    ];

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "host.describe-machine",
        Class = ActionClass.Read,
        Input = typeof(DescribeMachineInput),
        Summary = "Records load, memory, failed units, processes that hang in the kernel, and the last lines of the kernel and of "
            + "the journal of a host or of a node's machine.",
        Kinds = [ResourceKinds.Host, ResourceKinds.Node],
        Deadline = TimeSpan.FromSeconds(25),
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        var host = machines.Of(request.Resource);
        var answer = await machines.RunAsync(request, Script, cancellationToken);
        var identity = Machines.IdentityIn(answer);
        if (ServiceReader.OtherMachine(request, identity) is { } other)
            throw new ActionFailedException(FailureKind.Permanent, $"{other}.");
        var text = new StringBuilder();
        foreach (var (word, title) in Parts)
        {
            var lines = answer.Of(word).Select(f => string.Join('\t', f)).ToList();
            text.Append(title).Append(lines.Count == 0 ? ": none\n" : ":\n");
            foreach (var line in lines)
                text.Append("  ").Append(line).Append('\n');
        }

        return new($"Machine of host {host.Name}", EvidenceText.Head(text.ToString(), Most))
        {
            // without a line of its journal it is not known what happened there; the user may not read it
            Facts = answer.Has("last") ? [Kept(host.MayReboot, identity["boot_id"], time.GetUtcNow())] : [],
        };
    }

    private static Fact Kept(bool mayReboot, string bootId, DateTimeOffset now) => new(
        "evidence",
        new Dictionary<string, string> { [MachineDoubt.KeptOf] = bootId, ["reboot"] = mayReboot ? "allowed" : "never" },
        now);
}
