using System.Globalization;
using System.IO.Compression;
using System.Text;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Masking;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Hosts.SystemsManager;

/// <summary>
/// Run Command of AWS Systems Manager, with the document of this version alone. Its agent writes to the disk before it runs anything, so
/// that a full or a read-only disk ends it.
/// </summary>
internal sealed class SystemsManagerWay(AwsApi aws) : IReachHost
{
    /// <summary>The first that gives a document its parameters as variables; earlier ones put them into its text.</summary>
    private static readonly Version FirstWithVariables = new(3, 3, 2746, 0);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>How long a command may take on its way; Systems Manager takes no less.</summary>
    private const int DeliverySeconds = 30;

    private static readonly HashSet<string> NotRun = new(StringComparer.Ordinal)
    {
        "Undeliverable", "Terminated", "DeliveryTimedOut", "Delivery Timed Out", "InvalidPlatform", "Invalid Platform", "AccessDenied",
        "Access Denied",
    };

    public HostWay Way => HostWay.SystemsManager;

    public async Task<HostSaid> RunAsync(
        ManagedHost host, HostScript script, IReadOnlyList<string> arguments, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        await ThrowIfNotThereAsync(host, notAfter, cancellationToken);
        var seconds = HostTime.Left(host, script, notAfter, aws.Time);
        var id = await SendAsync(host, Request(host, script, arguments, seconds, notAfter), notAfter, cancellationToken);
        try
        {
            return Read(host, script, await AwaitAsync(host, script, id, notAfter, cancellationToken), seconds);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw HostShell.Unknown(host, script, "did not end in time", e);
        }
    }

    private static SendCommandRequest Request(
        ManagedHost host, HostScript script, IReadOnlyList<string> arguments, int seconds, DateTimeOffset notAfter) => new()
        {
            InstanceIds = [host.Instance],
            DocumentName = SystemsManagerDocument.Name,
            DocumentHash = SystemsManagerDocument.Hash,
            DocumentHashType = DocumentHashType.Sha256,
            TimeoutSeconds = DeliverySeconds,
            Comment = $"Remediator: {script.File}",
            Parameters = new()
            {
                ["script"] = [Encoded(script.Body)],
                ["arguments"] = [string.Join(' ', arguments.Select(a => $"_{Encoded(a)}"))],
                ["seconds"] = [seconds.ToString(CultureInfo.InvariantCulture)],
                // it may be long on its way
                ["until"] = [notAfter.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)],
            },
        };

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private async Task ThrowIfNotThereAsync(ManagedHost host, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        try
        {
            var found = await aws.ReadPagesAsync(
                $"ask Systems Manager for {host.Instance}", notAfter,
                (c, next, ct) => c.SystemsManager.DescribeInstanceInformationAsync(
                    new() { Filters = [new() { Key = "InstanceIds", Values = [host.Instance] }], NextToken = next }, ct),
                page => (page.InstanceInformationList, page.NextToken), cancellationToken);
            var agent = found.FirstOrDefault(i => i.InstanceId == host.Instance);
            if (agent is null || agent.PingStatus != PingStatus.Online)
                throw new UnreachedException(
                    FailureKind.Transient,
                    $"Systems Manager has no agent on host {host.Name} ({host.Instance}) that answers.");
            if (!Version.TryParse(agent.AgentVersion, out var version) || version < FirstWithVariables)
                throw new UnreachedException(
                    FailureKind.Permanent,
                    $"The agent of Systems Manager on host {host.Name} is {EvidenceText.OneLine(agent.AgentVersion, 40)}; it is not used "
                        + $"before {FirstWithVariables}, which is the first that takes what it is given as data.");
        }
        catch (ActionFailedException e)
        {
            throw new UnreachedException(e.Kind is FailureKind.Unknown ? FailureKind.Transient : e.Kind, e.Message, e);
        }
    }

    private async Task<string> SendAsync(
        ManagedHost host, SendCommandRequest request, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        try
        {
            return (await aws.ActAsync(
                $"run document {request.DocumentName} on {host.Instance}", notAfter,
                (c, ct) => c.SystemsManagerActs.SendCommandAsync(request, ct), cancellationToken)).Command.CommandId;
        }
        catch (ActionFailedException e) when (e.Kind is not FailureKind.Unknown)
        {
            throw new UnreachedException(e.Kind, e.Message, e);
        }
    }

    /// <summary>A look at it that fails says nothing of it, and is made again.</summary>
    private async Task<GetCommandInvocationResponse> AwaitAsync(
        ManagedHost host, HostScript script, string id, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var last = "";
        while (true)
        {
            try
            {
                await Task.Delay(BetweenLooks, aws.Time, cancellationToken);
                var seen = await aws.ReadAsync(
                    $"ask what came of command {id}", notAfter,
                    (c, ct) => c.SystemsManager.GetCommandInvocationAsync(new() { CommandId = id, InstanceId = host.Instance }, ct),
                    cancellationToken);
                if (seen.Status != CommandInvocationStatus.Pending && seen.Status != CommandInvocationStatus.InProgress
                    && seen.Status != CommandInvocationStatus.Delayed && seen.Status != CommandInvocationStatus.Cancelling)
                    return seen;
            }
            catch (ActionFailedException e)
            {
                last = $" ({e.Message})";
            }

            if (aws.Time.GetUtcNow() > notAfter)
                throw HostShell.Unknown(host, script, $"did not end in time{last}");
        }
    }

    internal static HostSaid Read(ManagedHost host, HostScript script, GetCommandInvocationResponse seen, int seconds)
    {
        var (output, errors) = (seen.StandardOutputContent ?? "", seen.StandardErrorContent ?? "");
        var said = EvidenceText.OneLine($"{output} {errors}", 300);
        // the agent's words where it cannot write its orders down (amazon-ssm-agent issue 90): there is no code for it
        if (output.Contains("Plugin with name aws:runShellScript", StringComparison.Ordinal)
            || errors.Contains("Plugin with name aws:runShellScript", StringComparison.Ordinal))
            throw new UnreachedException(
                FailureKind.Transient,
                $"The agent of Systems Manager on host {host.Name} cannot start anything, as when its disk is full or read-only, or when "
                    + $"no inotify instance or watch is left ({said}).");
        if (NotRun.Contains(seen.StatusDetails ?? "")
            || (seen.Status == CommandInvocationStatus.Failed && seen.ResponseCode is 70 or 71 or 75))
            throw new UnreachedException(
                FailureKind.Transient,
                $"Systems Manager has run nothing on host {host.Name} ({EvidenceText.OneLine(seen.StatusDetails, 100)}: {said}).");
        if (Unpacked(output) is not { } whole)
            throw HostShell.Unknown(
                host, script, $"gave no whole answer over Systems Manager ({EvidenceText.OneLine(seen.StatusDetails, 100)}: {said})");
        if (whole.Length > HostShell.MostBytes)
            return new(null, null, errors, seconds);
        var at = whole.LastIndexOf("\nstatus ", StringComparison.Ordinal);
        return at >= 0 && int.TryParse(whole[(at + 8)..], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? new(status, whole[..at], errors, seconds)
            : throw HostShell.Unknown(host, script, "gave only half an answer over Systems Manager");
    }

    /// <returns>Null for what is not packed, or not all of it; a little more than the most where there is more.</returns>
    private static string? Unpacked(string output)
    {
        try
        {
            using var packed = new GZipStream(new MemoryStream(Convert.FromBase64String(output.Trim())), CompressionMode.Decompress);
            var buffer = new byte[HostShell.MostBytes + 64];
            var count = packed.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return count == 0 ? null : Encoding.UTF8.GetString(buffer, 0, count);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or EndOfStreamException)
        {
            return null;
        }
    }
}
