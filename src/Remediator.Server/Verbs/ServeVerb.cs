using System.CommandLine;
using Remediator.Server.Serve;

namespace Remediator.Server.Verbs;

internal static class ServeVerb
{
    public const string Name = "serve";

    public static Verb Create(CommonOptions common)
    {
        var listen = new Option<string?>("--listen")
            { HelpName = "URL", Description = "Where to listen. Default: http://127.0.0.1:8642, this machine only." };
        var mode = new Option<string?>("--mode")
            { HelpName = "observe|approve|auto", Description = "What it may do at most. Default: observe, which changes nothing." };
        var kubeconfig = new Option<string?>("--kubeconfig")
            {
                HelpName = "FILE",
                Description = "Default: as kubectl finds it ($KUBECONFIG, ~/.kube/config, in a pod the service account)." };
        var context = new Option<string?>("--context")
            { HelpName = "NAME", Description = "Context of the kubeconfig. Default: its current one." };
        var rules = new Option<string?>("--rules") { HelpName = "FOLDER", Description = "Default: the rules that ship with the program." };
        var playbooks = new Option<string?>("--playbooks")
            { HelpName = "FOLDER", Description = "Default: the playbooks that ship with the program." };
        var policy = new Option<string?>("--policy")
            {
                HelpName = "FILE",
                Description = "Limits, protected resources, modes and maintenance windows. Default: the policy that ships "
                    + "with the program." };
        var command = new Command(Name, "Accept alerts and repair (the default command).")
            { listen, mode, kubeconfig, context, rules, playbooks, policy };
        command.SetAction((parsed, cancellationToken) => ServerProcess.RunAsync(
            common.Settings(
                parsed,
                ("Listen", parsed.GetValue(listen)),
                ("Engine:Mode", parsed.GetValue(mode)),
                ("Cluster:Kubeconfig", parsed.GetValue(kubeconfig)),
                ("Cluster:Context", parsed.GetValue(context)),
                ("Definitions:Rules", parsed.GetValue(rules)),
                ("Definitions:Playbooks", parsed.GetValue(playbooks)),
                ("Definitions:Policy", parsed.GetValue(policy))),
            cancellationToken));
        return new(
            command,
            "remediator serve",
            "remediator serve --kubeconfig ~/.kube/config --context prod --mode approve",
            "remediator serve --listen http://0.0.0.0:8642 --data /var/lib/remediator",
            "REMEDIATOR_ENGINE__MODE=auto remediator serve --rules ./rules --playbooks ./playbooks");
    }
}
