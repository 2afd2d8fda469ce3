using System.Net;
using System.Net.Sockets;

namespace Remediator.Grains.Tests;

/// <summary>Accepts every connection, and answers nothing.</summary>
internal sealed class HangingServer : IAsyncDisposable
{
    private static readonly HttpClient Client = new() { Timeout = Timeout.InfiniteTimeSpan };

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _accepted = [];
    private readonly SemaphoreSlim _came = new(0);
    private readonly Task _accepting;

    public HangingServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Asks it something, and ends when the caller gives up.</summary>
    public async Task<string> AskAsync(CancellationToken cancellationToken) =>
        await Client.GetStringAsync(new Uri($"http://{_listener.LocalEndpoint}/"), cancellationToken);

    /// <summary>Returns when so many more have asked.</summary>
    public async Task AskedAsync(int times, TimeSpan within)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.True(
                await _came.WaitAsync(within, TestContext.Current.CancellationToken), $"{i} of {times} calls came within {within}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        _accepted.ForEach(a => a.Dispose());
        _came.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _accepted.Add(await _listener.AcceptTcpClientAsync());
                _came.Release();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // the test is over
        }
    }
}
