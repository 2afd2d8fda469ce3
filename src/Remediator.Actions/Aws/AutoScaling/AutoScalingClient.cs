using System.Net;
using System.Runtime.CompilerServices;
using System.Xml;
using System.Xml.Linq;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;

namespace Remediator.Actions.Aws.AutoScaling;

/// <summary>
/// EC2 Auto Scaling over its query protocol, signed by the SDK. The SDK's own package for it is not to be had everywhere; names and shapes
/// are the same as there. Reads are repeated, as those of the SDK; what changes something never is.
/// </summary>
/// <param name="mayPass">Of a failed read: whether the next one may well succeed.</param>
internal sealed class AutoScalingClient(
    string region, Uri endpoint, Func<CancellationToken, Task<ImmutableCredentials>> credentials, Func<Exception, bool> mayPass,
    TimeProvider time) : IDisposable
{
    private const string Version = "2011-01-01";

    private const int Retries = 3;

    /// <summary>The first wait before a read is repeated; each further one is twice as long.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    // where a request is sent on to, its headers would go too, and with them the token of the session
    private readonly HttpClient _http = new(
        new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false })
        { Timeout = Timeout.InfiniteTimeSpan };

    public async Task<AutoScalingGroup?> DescribeAutoScalingGroupAsync(string name, CancellationToken cancellationToken)
    {
        // a page may be empty and yet not be the last
        await foreach (var page in PagesAsync(next => new DescribeAutoScalingGroupsRequest(name, next), cancellationToken))
        {
            var groups = page.Members("AutoScalingGroups").Select(AutoScalingGroup.Of);
            if (groups.FirstOrDefault(g => g.AutoScalingGroupName == name) is { } group)
                return group;
        }

        return null;
    }

    /// <returns>Null where it belongs to no group.</returns>
    public async Task<AutoScalingInstanceDetails?> DescribeAutoScalingInstanceAsync(
        string instanceId, CancellationToken cancellationToken) =>
        (await DescribeAutoScalingInstancesAsync([instanceId], cancellationToken)).FirstOrDefault(i => i.InstanceId == instanceId);

    /// <param name="instanceIds">At most 50.</param>
    /// <returns>Those that belong to a group.</returns>
    public async Task<IReadOnlyList<AutoScalingInstanceDetails>> DescribeAutoScalingInstancesAsync(
        IReadOnlyList<string> instanceIds, CancellationToken cancellationToken)
    {
        var found = new List<AutoScalingInstanceDetails>();
        await foreach (var page in PagesAsync(next => new DescribeAutoScalingInstancesRequest(instanceIds, next), cancellationToken))
            found.AddRange(page.Members("AutoScalingInstances").Select(AutoScalingInstanceDetails.Of));
        return found;
    }

    /// <summary>The newest first, those that go on before all others; of six weeks, so that only the first page with any is read.</summary>
    public async Task<IReadOnlyList<Activity>> DescribeScalingActivitiesAsync(string group, CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(next => new DescribeScalingActivitiesRequest(group, next), cancellationToken))
        {
            if (page.Members("Activities").Select(Activity.Of).ToList() is { Count: > 0 } activities)
                return activities;
        }

        return [];
    }

    /// <returns>The id of the request.</returns>
    public async Task<string> ActAsync(AutoScalingRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(request, cancellationToken)).RequestId;

    public void Dispose() => _http.Dispose();

    /// <summary>Ends as well where a page names itself as the next one.</summary>
    private async IAsyncEnumerable<XElement> PagesAsync(
        Func<string?, AutoScalingRequest> request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (next, before) = ("", "");
        do
        {
            var page = await ReadAsync(request(next.Length > 0 ? next : null), cancellationToken);
            yield return page;
            (before, next) = (next, page.Text("NextToken"));
        }
        while (next.Length > 0 && next != before);
    }

    private async Task<XElement> ReadAsync(AutoScalingRequest request, CancellationToken cancellationToken)
    {
        for (var (retries, wait) = (0, FirstWait); ; retries++, wait *= 2)
        {
            try
            {
                return (await CallAsync(request, cancellationToken)).Result;
            }
            catch (Exception e) when (retries < Retries && mayPass(e))
            {
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    private async Task<(XElement Result, string RequestId)> CallAsync(AutoScalingRequest request, CancellationToken cancellationToken)
    {
        var body = string.Join('&', request.Parameters.Prepend(("Version", Version)).Prepend(("Action", request.Action))
            .Select(p => $"{Uri.EscapeDataString(p.Item1)}={Uri.EscapeDataString(p.Item2)}"));
        using var message = Signed(body, await credentials(cancellationToken));
        using var response = await _http.SendAsync(message, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var answer = Parse(text);
        if (response.StatusCode != HttpStatusCode.OK)
            throw Failure(answer, response.StatusCode);
        if (answer is null || answer.Name.LocalName != $"{request.Action}Response")
            throw new AmazonServiceException(
                $"the answer to {request.Action} is not one of EC2 Auto Scaling", null, ErrorType.Unknown, "", "", response.StatusCode);
        return (answer.Child($"{request.Action}Result") ?? answer, answer.Child("ResponseMetadata")?.Text("RequestId") ?? "");
    }

    private HttpRequestMessage Signed(string body, ImmutableCredentials credentials)
    {
        var content = System.Text.Encoding.UTF8.GetBytes(body);
        var request = new DefaultRequest(new DescribeInstancesRequest(), "AutoScaling")
        {
            HttpMethod = "POST", ResourcePath = "/", Endpoint = endpoint, Content = content,
        };
        request.Headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8";
        if (credentials.UseToken)
            request.Headers["X-Amz-Security-Token"] = credentials.Token;
        var config = new AmazonEC2Config { AuthenticationServiceName = "autoscaling", AuthenticationRegion = region };
        var signature = new AWS4Signer().SignRequest(request, config, new RequestMetrics(), credentials.AccessKey, credentials.SecretKey);

        var message = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(content) };
        foreach (var (name, value) in request.Headers.Append(new("Authorization", signature.ForAuthorizationHeader)))
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private static AmazonServiceException Failure(XElement? answer, HttpStatusCode status)
    {
        // as Auto Scaling says it, or as EC2 does
        var error = answer?.Child("Error") ?? answer?.Child("Errors")?.Child("Error");
        var (said, id) = (error?.Text("Message") ?? "", answer?.Text("RequestId") ?? "");
        return new(
            said.Length > 0 ? said : $"HTTP status {(int)status}", null, ErrorType.Unknown, error?.Text("Code") ?? "",
            id.Length > 0 ? id : answer?.Text("RequestID") ?? "", status);
    }

    private static XElement? Parse(string text)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), new() { DtdProcessing = DtdProcessing.Prohibit });
            return XDocument.Load(reader).Root;
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
