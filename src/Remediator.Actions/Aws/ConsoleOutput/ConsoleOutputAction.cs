using System.Text;
using Amazon.EC2;
using Amazon.EC2.Model;
using Remediator.Actions.Aws.Instances;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Facts;

namespace Remediator.Actions.Aws.ConsoleOutput;

/// <summary>
/// Keeps the last lines that a machine wrote to its console, and the state of its instance: what is left of it off the machine. EC2 gives
/// the present output on Nitro alone; any other is of the time of the last start, and is not taken for evidence of what is wrong now
/// (EC2 API, GetConsoleOutput).
/// </summary>
internal sealed class ConsoleOutputAction(AwsApi aws, InstanceReader instances) : IReadAction
{
    private const int Characters = 8000;

    public ActionDescriptor Descriptor { get; } = new()
    {
        Name = "aws.console-output",
        Class = ActionClass.Read,
        Input = typeof(ConsoleOutputInput),
        Summary = "Records the last lines on the console of a node's EC2 instance, its state and its status checks.",
        Kinds = NodeReader.Kinds,
        Deadline = TimeSpan.FromSeconds(45),
        Permissions =
        [
            .. InstancePermissions.Read,
            new AwsPermission("ec2:GetConsoleOutput", InstancePermissions.Instances, InstancePermissions.Tag),
        ],
    };

    public async Task<Evidence> ReadAsync(ActionRequest request, CancellationToken cancellationToken)
    {
        const string Title = "Console of the EC2 instance";
        var sight = await instances.ReadAsync(request, cancellationToken);
        if (sight.Found is not { } found)
            return new(Title, $"None: {sight.Doubt}.");

        var state = $"Instance {found.InstanceId} is {found.State}; {found.BadChecks ?? "EC2's checks are ok"}.";
        var (text, isPresent) = await OutputAsync(found.InstanceId, request, cancellationToken);
        if (text.Length == 0)
            return new(Title, $"{state} EC2 has no output of its console.");
        return new(Title, $"{state}\n{(isPresent ? "" : "As it was when it last started:\n")}{EvidenceText.Tail(text, Characters)}")
        {
            Facts = isPresent
                ? [new Fact("evidence", new Dictionary<string, string> { ["console_kept"] = found.InstanceId }, DateTimeOffset.UnixEpoch)]
                : [],
        };
    }

    private async Task<(string Text, bool IsPresent)> OutputAsync(
        string instanceId, ActionRequest request, CancellationToken cancellationToken)
    {
        Task<GetConsoleOutputResponse> CallAsync(bool latest) => aws.ReadAsync(
            $"read the console of instance {instanceId}", request.NotAfter,
            (c, ct) => c.Ec2.GetConsoleOutputAsync(
                latest ? new() { InstanceId = instanceId, Latest = true } : new() { InstanceId = instanceId }, ct), cancellationToken);
        try
        {
            return (Decode((await CallAsync(latest: true)).Output), true);
        }
        catch (ActionFailedException e) when (e.InnerException is AmazonEC2Exception { ErrorCode: "UnsupportedOperation" })
        {
            return (Decode((await CallAsync(latest: false)).Output), false);
        }
    }

    /// <summary>
    /// Of whatever a machine wrote while it started, which need not be text. EC2 gives it in base64; what is not is taken as it is.
    /// </summary>
    internal static string Decode(string? output)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(output ?? ""));
        }
        catch (FormatException)
        {
            return output!;
        }
    }
}
