using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Remediator.Actions.Hosts.Reach;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>
/// An API server with an agent on node n1 in this process: what is run there runs on a real host, without the nsenter before it, by a login
/// that the product knows nothing of.
/// </summary>
internal sealed class AgentEndpoint : IAsyncDisposable
{
    /// <summary>Of ssh, for what was ended by a signal; a runtime says 137.</summary>
    private const int Signalled = 255;

    private readonly LocalServer _server = new();
    private readonly TestHost _host;

    private AgentEndpoint(TestHost host) => _host = host;

    /// <summary>Of each exec.</summary>
    public ConcurrentQueue<IReadOnlyList<string>> Commands { get; } = new();

    /// <summary>Null for none.</summary>
    public V1Pod? Pod { get; set; } = new()
    {
        Metadata = new() { Name = "remediator-agent-x1", NamespaceProperty = "agents" },
        Spec = new() { NodeName = "n1", Containers = [new() { Name = AgentWay.Container }] },
        Status = new() { Phase = "Running" },
    };

    /// <summary>With which an exec is refused.</summary>
    public int? Refusal { get; set; }

    /// <summary>The connection ends once the script has, and its status is never told.</summary>
    public bool LosesTheEnd { get; set; }

    /// <summary>Instead of what the script says.</summary>
    public byte[]? Says { get; set; }

    public k8s.Kubernetes Client => new(new KubernetesClientConfiguration { Host = _server.Url });

    public static async Task<AgentEndpoint> StartAsync(TestHost host)
    {
        var endpoint = new AgentEndpoint(host);
        await endpoint._server.StartAsync(app =>
        {
            app.UseWebSockets();
            app.MapGet("/api/v1/namespaces/agents/pods", () => Results.Text(
                KubernetesJson.Serialize(new V1PodList
                {
                    ApiVersion = "v1", Kind = "PodList", Metadata = new(), Items = endpoint.Pod is { } pod ? [pod] : [],
                }), "application/json"));
            app.MapGet("/api/v1/namespaces/agents/pods/{name}/exec", endpoint.ExecAsync);
        });
        return endpoint;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ExecAsync(HttpContext context)
    {
        if (Refusal is { } refused)
        {
            context.Response.StatusCode = refused;
            return;
        }

        var command = context.Request.Query["command"].Select(c => c!).ToList();
        Commands.Enqueue(command);
        using var socket = await context.WebSockets.AcceptWebSocketAsync("v4.channel.k8s.io");
        using var shell = _host.Start(string.Join(' ', command.Skip(command.IndexOf("--") + 1).Select(HostScript.Quoted)));
        var hearing = FeedAsync(socket, shell, context.RequestAborted);
        using var turn = new SemaphoreSlim(1);
        var saying = Says is { } says
            ? Task.WhenAll(
                SendAsync(socket, turn, ChannelIndex.StdOut, says, context.RequestAborted),
                shell.StandardOutput.BaseStream.CopyToAsync(Stream.Null, context.RequestAborted))
            : CopyAsync(shell.StandardOutput.BaseStream, socket, turn, ChannelIndex.StdOut, context.RequestAborted);
        await Task.WhenAll(
            saying, CopyAsync(shell.StandardError.BaseStream, socket, turn, ChannelIndex.StdErr, context.RequestAborted));
        await shell.WaitForExitAsync(context.RequestAborted);
        var status = Status(shell.ExitCode is Signalled ? 137 : shell.ExitCode);
        if (!LosesTheEnd)
            await SendAsync(socket, turn, ChannelIndex.Error, Encoding.UTF8.GetBytes(status), context.RequestAborted);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        await hearing;
    }

    /// <summary>As a kubelet tells it.</summary>
    private static string Status(int code) => code == 0
        ? """{"metadata":{},"status":"Success"}"""
        : $$$"""
            {"metadata":{},"status":"Failure","message":"command terminated with exit code {{{code}}}","reason":"NonZeroExitCode",
            "details":{"causes":[{"reason":"ExitCode","message":"{{{code}}}"}]}}
            """;

    /// <summary>Its input never ends: the protocol has no way to say so.</summary>
    private static async Task FeedAsync(WebSocket socket, Process shell, CancellationToken cancellationToken)
    {
        var (buffer, begins, channel) = (new byte[1 << 16], true, (byte)0);
        try
        {
            while (await socket.ReceiveAsync(buffer, cancellationToken) is { MessageType: not WebSocketMessageType.Close } part)
            {
                channel = begins ? buffer[0] : channel;
                if (channel == (byte)ChannelIndex.StdIn)
                    await shell.StandardInput.BaseStream.WriteAsync(buffer.AsMemory(0, part.Count)[(begins ? 1 : 0)..], cancellationToken);
                await shell.StandardInput.BaseStream.FlushAsync(cancellationToken);
                begins = part.EndOfMessage;
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException)
        {
            // it has gone away
        }
    }

    private static async Task CopyAsync(
        Stream from, WebSocket socket, SemaphoreSlim turn, ChannelIndex channel, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 14];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            await SendAsync(socket, turn, channel, buffer[..count], cancellationToken);
    }

    private static async Task SendAsync(
        WebSocket socket, SemaphoreSlim turn, ChannelIndex channel, byte[] text, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync((byte[])[(byte)channel, .. text], WebSocketMessageType.Binary, true, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }
}
