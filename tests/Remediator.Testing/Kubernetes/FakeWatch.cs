using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Remediator.Testing.Kubernetes;

/// <summary>A watch of one kind in all namespaces: every change after the version asked for, and bookmarks while there is none.</summary>
internal static class FakeWatch
{
    /// <summary>A real server sends one a minute; here views have to be proven fresh within a fraction of a second.</summary>
    private static readonly TimeSpan Bookmark = TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync(HttpContext context, FakeObjects objects, ApiPath asked)
    {
        var seconds = int.TryParse(context.Request.Query["timeoutSeconds"], NumberStyles.None, CultureInfo.InvariantCulture, out var s)
            ? s
            : 30;
        var version = long.Parse(context.Request.Query["resourceVersion"]!, CultureInfo.InvariantCulture);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, objects.Closed);
        end.CancelAfter(TimeSpan.FromSeconds(seconds));
        context.Response.ContentType = "application/json";
        try
        {
            while (true)
            {
                var (changes, now, next) = objects.Since(version, asked.Plural);
                foreach (var change in changes)
                    await context.Response.WriteAsync($$$"""{"type":"{{{change.Type}}}","object":{{{change.Text}}} }""" + "\n", end.Token);
                if (changes.Count == 0)
                    await context.Response.WriteAsync(
                        $$$$"""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"{{{{now}}}}"}}}""" + "\n", end.Token);
                version = now;
                await context.Response.Body.FlushAsync(end.Token);
                await Task.WhenAny(next, Task.Delay(Bookmark, end.Token));
                end.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // its time is over, or its reader is gone
        }
    }
}
