using Amazon.EC2;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.Identity;
using Amazon.SimpleSystemsManagement;
using Microsoft.Extensions.Options;
using Remediator.Actions.Aws.AutoScaling;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.Reach;

/// <summary>Every call to AWS goes through here: in time, with a timeout, and with one kind of failure.</summary>
internal sealed class AwsApi(IOptions<AwsOptions> options, TimeProvider time)
{
    private const int ReadRetries = 3;

    private Lazy<Clients> _clients = new(() => new(options.Value, new DefaultAWSCredentialsIdentityResolver(), time));

    public TimeProvider Time { get; } = time;

    /// <summary>
    /// For one call, with what a read repeats. Longer only where nobody else can take over: in tests on a machine that is busy.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Where credentials are found; the SDK's own chain where it is left out.</summary>
    public IIdentityResolver<AWSCredentials> Chain
    {
        init => _clients = new(() => new(options.Value, value, Time));
    }

    /// <summary>Why nothing of AWS can be asked; null where it can.</summary>
    public string? NotConfigured => options.Value.Region.Length > 0
        ? null
        : "no region of AWS is configured; set Aws:Region to change that";

    public string ClusterName(string cluster) => options.Value.Cluster is { Length: > 0 } named ? named : cluster;

    /// <param name="what">Completes "Could not ...".</param>
    public Task<T> ReadAsync<T>(
        string what, DateTimeOffset notAfter, Func<Clients, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        CallAsync(what, FailureKind.Transient, notAfter, call, cancellationToken);

    /// <summary>
    /// All pages of a read: one may be empty, and yet not be the last. Ends as well where a page names itself as the next one.
    /// </summary>
    /// <param name="what">As for <see cref="ReadAsync"/>.</param>
    /// <param name="call">Is given the token of the page; null for the first.</param>
    /// <param name="read">What is on a page, null for nothing, and the token of the next one.</param>
    public async Task<IReadOnlyList<T>> ReadPagesAsync<TPage, T>(
        string what, DateTimeOffset notAfter, Func<Clients, string?, CancellationToken, Task<TPage>> call,
        Func<TPage, (IEnumerable<T>? Items, string? Next)> read, CancellationToken cancellationToken)
    {
        var found = new List<T>();
        for (string? next = null, before; ;)
        {
            var (items, token) = read(await ReadAsync(what, notAfter, (c, ct) => call(c, next, ct), cancellationToken));
            found.AddRange(items ?? []);
            (before, next) = (next, token);
            if (string.IsNullOrEmpty(next) || next == before)
                return found;
        }
    }

    /// <summary>Sent once, whatever happens; a failure that may have come after it was accepted is of kind Unknown.</summary>
    public Task<T> ActAsync<T>(
        string what, DateTimeOffset notAfter, Func<Clients, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        CallAsync(what, FailureKind.Unknown, notAfter, call, cancellationToken);

    private async Task<T> CallAsync<T>(
        string what, FailureKind whenBroken, DateTimeOffset notAfter, Func<Clients, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken)
    {
        if (NotConfigured is { } missing)
            throw new ActionFailedException(FailureKind.Permanent, $"Could not {what}: {missing}.");
        if (Time.GetUtcNow() > notAfter)
            throw new ActionFailedException(FailureKind.Transient, $"Could not {what}: the time allowed for this step is over.");

        using var timeout = new CancellationTokenSource(Timeout, Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            // first, so that an act that cannot be signed is known not to have been sent
            await _clients.Value.CredentialsAsync(linked.Token);
            return await call(_clients.Value, linked.Token);
        }
        catch (Exception e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ActionFailedException(
                whenBroken, $"Could not {what}: AWS did not answer within {Timeout.TotalSeconds:0} s.", e);
        }
        catch (Exception e) when (e is not OperationCanceledException and not ActionFailedException)
        {
            throw AwsFailure.From(e, what, whenBroken);
        }
    }

    /// <summary>Reads and acts have clients of their own: only reads are ever repeated.</summary>
    internal sealed class Clients
    {
        private readonly FoundCredentials _credentials;

        public Clients(AwsOptions options, IIdentityResolver<AWSCredentials> chain, TimeProvider time)
        {
            var config = Config(new AmazonEC2Config(), options, options.Ec2Endpoint, ReadRetries);
            _credentials = new(chain, config);
            Ec2 = new(_credentials, config);
            Ec2Acts = new(_credentials, Config(new AmazonEC2Config(), options, options.Ec2Endpoint, 0));
            SystemsManager = new(_credentials, OfSystemsManager(options, ReadRetries));
            SystemsManagerActs = new(_credentials, OfSystemsManager(options, 0));
            AutoScaling = new(
                options.Region,
                AutoScalingEndpoint.Of(options.Region, options.AutoScalingEndpoint, Environment.GetEnvironmentVariable),
                CredentialsAsync, AwsFailure.MayPass, time);
        }

        public AmazonEC2Client Ec2 { get; }

        public AmazonEC2Client Ec2Acts { get; }

        public AutoScalingClient AutoScaling { get; }

        public AmazonSimpleSystemsManagementClient SystemsManager { get; }

        public AmazonSimpleSystemsManagementClient SystemsManagerActs { get; }

        /// <exception cref="NoCredentialsException">The chain of the SDK ends without any.</exception>
        public async Task<ImmutableCredentials> CredentialsAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await _credentials.GetCredentialsAsync().WaitAsync(cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new NoCredentialsException(e);
            }
        }

        private static AmazonSimpleSystemsManagementConfig OfSystemsManager(AwsOptions options, int retries) =>
            Config(new AmazonSimpleSystemsManagementConfig(), options, options.SystemsManagerEndpoint, retries);

        private static T Config<T>(T config, AwsOptions options, string endpoint, int retries)
            where T : ClientConfig
        {
            config.RetryMode = RequestRetryMode.Standard;
            config.MaxErrorRetry = retries;
            // a connection that breaks after the request is repeated apart from MaxErrorRetry (aws-sdk-net PR 4281)
            config.MaxStaleConnectionRetries = retries;
            config.AuthenticationRegion = options.Region;
            if (endpoint.Length > 0)
                config.ServiceURL = endpoint;
            else
                config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
            return config;
        }
    }
}
