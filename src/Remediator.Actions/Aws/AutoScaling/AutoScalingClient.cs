using System.Net;
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
/// are the same as there. Nothing is ever repeated here.
/// </summary>
/// <param name="endpoint">Empty for the regional one.</param>
internal sealed class AutoScalingClient(
    string region, string endpoint, Func<CancellationToken, Task<ImmutableCredentials>> credentials) : IDisposable
{
    private const string Version = "2011-01-01";

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        { Timeout = Timeout.InfiniteTimeSpan };
    private readonly Uri _endpoint = new(endpoint.Length > 0 ? endpoint : $"https://autoscaling.{region}.{Domain(region)}");

    public async Task<AutoScalingGroup?> DescribeAutoScalingGroupAsync(string name, CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            // a page may be empty and yet not be the last
            var page = (await CallAsync(new DescribeAutoScalingGroupsRequest(name, next), cancellationToken)).Result;
            var groups = page.Members("AutoScalingGroups").Select(AutoScalingGroup.Of);
            if (groups.FirstOrDefault(g => g.AutoScalingGroupName == name) is { } group)
                return group;
            next = page.Text("NextToken");
        }
        while (next.Length > 0);

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
        string? next = null;
        do
        {
            var page = (await CallAsync(new DescribeAutoScalingInstancesRequest(instanceIds, next), cancellationToken)).Result;
            found.AddRange(page.Members("AutoScalingInstances").Select(AutoScalingInstanceDetails.Of));
            next = page.Text("NextToken");
        }
        while (next.Length > 0);

        return found;
    }

    /// <summary>The newest first, those that go on before all others.</summary>
    public async Task<IReadOnlyList<Activity>> DescribeScalingActivitiesAsync(string group, CancellationToken cancellationToken) =>
        [.. (await CallAsync(new DescribeScalingActivitiesRequest(group), cancellationToken)).Result
            .Members("Activities").Select(Activity.Of)];

    /// <returns>The id of the request.</returns>
    public async Task<string> ActAsync(AutoScalingRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(request, cancellationToken)).RequestId;

    public void Dispose() => _http.Dispose();

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
            HttpMethod = "POST", ResourcePath = "/", Endpoint = _endpoint, Content = content,
        };
        request.Headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8";
        if (credentials.UseToken)
            request.Headers["X-Amz-Security-Token"] = credentials.Token;
        var config = new AmazonEC2Config { AuthenticationServiceName = "autoscaling", AuthenticationRegion = region };
        var signature = new AWS4Signer().SignRequest(request, config, new RequestMetrics(), credentials.AccessKey, credentials.SecretKey);

        var message = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new ByteArrayContent(content) };
        foreach (var (name, value) in request.Headers.Append(new("Authorization", signature.ForAuthorizationHeader)))
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private static AmazonServiceException Failure(XElement? answer, HttpStatusCode status)
    {
        var error = answer?.Child("Error");
        return new(
            error?.Text("Message") ?? $"HTTP status {(int)status}", null, ErrorType.Unknown, error?.Text("Code") ?? "",
            answer?.Text("RequestId") ?? "", status);
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

    /// <summary>The partitions of AWS have domains of their own.</summary>
    private static string Domain(string region) =>
        region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
}
