using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Remediator.Benchmarks;

/// <summary>
/// The least that a durable intake can do: parse the body, put one row into SQLite (WAL, synchronous=FULL) with group commit, answer 200.
/// </summary>
internal sealed class BareEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<(string Body, TaskCompletionSource Done)> _rows = Channel.CreateUnbounded<(string, TaskCompletionSource)>();
    private readonly Thread _writer;

    private BareEndpoint(WebApplication app, string file)
    {
        _app = app;
        _writer = new Thread(() => Write(file)) { IsBackground = true };
    }

    public string Address => _app.Urls.First();

    public static async Task<BareEndpoint> StartAsync(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var bare = new BareEndpoint(app, Path.Combine(folder, "bare.db"));
        app.MapPost("/", bare.KeepAsync);
        bare._writer.Start();
        await app.StartAsync();
        return bare;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        _rows.Writer.Complete();
        _writer.Join();
        await _app.DisposeAsync();
    }

    private async Task KeepAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rows.Writer.TryWrite((body.RootElement.GetProperty("alerts")[0].GetRawText(), done));
        await done.Task;
    }

    private void Write(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file}");
        connection.Open();
        Run(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE row(id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO row(body) VALUES ($body)";
        var parameter = insert.Parameters.Add("$body", SqliteType.Text);
        var batch = new List<TaskCompletionSource>();
        while (_rows.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            Run(connection, "BEGIN IMMEDIATE");
            while (batch.Count < 512 && _rows.Reader.TryRead(out var row))
            {
                parameter.Value = row.Body;
                insert.ExecuteNonQuery();
                batch.Add(row.Done);
            }

            Run(connection, "COMMIT");
            batch.ForEach(d => d.SetResult());
            batch.Clear();
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
